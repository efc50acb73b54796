/*
 * carrier: a process of this program, beside the container, that carries bytes for it.
 *
 * It must work until the last byte, also if a signal is sent to all processes of the job, as
 * timeout(1) and `kill %1` do. So it holds signals back, and ends when what it reads has ended. It
 * keeps no descriptor that it does not need: a reader of a pipe sees the end only when nobody holds
 * the other side.
 */
#ifndef CARRIER_H
#define CARRIER_H

#include <sys/types.h>

/*
 * Forks a carrier of `what`. In the carrier this returns 0: `from` is its descriptor 0, `to` its
 * descriptor 1, `until` its descriptor 2 unless it is -1, there are no others, and all signals are
 * blocked but SIGTSTP, which stops a whole job. `from` and `to` must be open, `to` is not 0, and
 * `until` neither 0 nor 1. A carrier leaves by _exit(2), with 0 or the errno of
 * what failed. In the caller this returns the carrier's pid, or -1 after a report.
 */
pid_t carrier_fork(const char *what, int from, int to, int until);

/*
 * Waits for the end of a carrier of `what` and looks at it as carrier_check() does. When this
 * program is asked to stop, the carrier has 2 more seconds: nobody may be there to take what it
 * carries. Then it is killed, and that is no error.
 */
int carrier_wait(const char *what, pid_t carrier);

/*
 * Looks at the status of an ended carrier of `what`, from waitpid(2). Returns 0, or -1 after a
 * report of what failed or which signal killed it.
 */
int carrier_check(const char *what, int wait_status);

#endif
