/*
 * console: a terminal of the container's own, and a process that carries its input and output.
 *
 * On the caller's terminal a program could push input that the caller's shell then reads (TIOCSTI),
 * and change the mode that it leaves behind. Where no standard descriptor is a terminal,
 * nothing happens; for files see streams. See pty(7) and termios(3).
 *
 * Closes rows 22 and 33 of the attack table.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <sys/types.h>

struct console {
    int channel; /* on which the child sends its terminal's other end; -1 without a terminal */
    pid_t relay; /* the process that carries                                                 */
};

/* On the host: starts the relay. Returns 0, or -1 after a report. */
int console_open(struct console *c);

/*
 * In the container, as the leader of a session, with /dev/pts mounted: makes a terminal there, puts
 * it in the place of each standard descriptor that was the caller's, and hands its other end to the
 * relay. Returns 0, or -1 after a report.
 */
int console_attach(struct console *c);

/*
 * On the host, after the container: waits until all of its output is out and the caller's terminal
 * is in its old mode. Accepts what was never opened. Returns 0, or -1 after a report.
 */
int console_close(struct console *c);

#endif
