/*
 * streams_carry: carries bytes between a file of the caller and a pipe of the container.
 *
 * These run in a carrier, see carrier.h. Its descriptor 2 is a pipe that nobody writes to: it is
 * closed when the command has ended.
 */
#ifndef STREAMS_CARRY_H
#define STREAMS_CARRY_H

/*
 * Carries from the caller's file, named FIFO or socket, descriptor 0, to the container's pipe,
 * descriptor 1, until one of them or the command ends. What the command has not read then stays in
 * a FIFO and a socket. What was read of a file, but not by the command, is still in the pipe, and
 * the caller's offset must go back by as much, see FIONREAD in pipe(7). A process inside may
 * enlarge its pipe, and then more is taken. Returns 0, or -1 with errno and no report.
 */
int streams_carry_input(void);

/*
 * Carries from the container's pipe, descriptor 0, to the caller's file, FIFO, pipe or socket,
 * descriptor 1, until the pipe or the command ends. A process in the background may still have
 * the pipe then. Ends also when nobody reads the caller's pipe any more: then the next write inside
 * fails with EPIPE, as without a carrier. Returns 0, or -1 with errno and no report.
 */
int streams_carry_output(void);

#endif
