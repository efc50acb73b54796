/*
 * console: a terminal of the container's own, and a process that carries its input and output.
 *
 * A program on the caller's terminal could push input into it (TIOCSTI), and the caller's shell
 * would read it. The program could also leave the terminal in another mode. If no standard
 * descriptor is a terminal, nothing happens; for files see streams. See pty(7) and termios(3).
 *
 * In a pipeline, as `step05 ... | less` or `ls | step05 ... less`, the keys may be for another
 * program. So the command starts in the background of its terminal, and its channel stays open: see
 * init, which lets the command come to the foreground when it reads. All programs of the pipeline
 * rely on the caller's terminal for the end of a line, so the container's terminal adds no '\r'.
 *
 * Closes rows 22 and 33 of the attack table.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "user.h"

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct console {
    int channel;   /* the child sends its terminal's other end on it; -1 without a terminal */
    bool has_keys; /* the container can have what is typed                                  */
    bool waits;    /* only when it asks: stdin and stdout are not both the terminal         */
    pid_t relay;   /* the process that carries the bytes                                    */
    int terminal;  /* the caller's; in the container, its own has the same number           */
    struct termios before; /* its mode */
};

/*
 * On the host: starts the relay. If the relay fails while the container runs, process_wait() ends
 * the container. Returns 0, or -1 after a report.
 */
int console_open(struct console *c);

/*
 * In the container: makes a terminal in /dev/pts, which must be mounted, and sends its other end to
 * the relay. Each standard descriptor that is a terminal becomes this one, and belongs to `user`,
 * who can open it. Afterwards the channel is open only if the command waits, for init_run(); else
 * it is -1. The caller must be the leader of a session, and the container's root. Returns 0,
 * or -1 after a report.
 */
int console_attach(struct console *c, const struct user *user);

/*
 * On the host, after the end of the command: waits until all of its output is written and the
 * caller's terminal is in its old mode. After a signal that asks this program to stop, output that
 * the terminal does not take within 2 seconds is lost: nobody may be there to read it. Accepts a
 * console that was never opened. Returns 0, or -1 after a report, also if the relay has failed.
 */
int console_close(struct console *c);

#endif
