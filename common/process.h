/*
 * process: the parent starts a container's first process, passes signals on, and waits for it.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

/* These exit statuses are not the command's own. 125 to 127 are those of env(1) and `docker run`.
 */
enum {
    EXIT_USAGE = 2,
    EXIT_NOT_MADE = 125,       /* the container could not be made       */
    EXIT_NOT_EXECUTABLE = 126, /* the command is there, but does not run */
    EXIT_NOT_FOUND = 127,      /* the command is not there              */
    EXIT_SIGNAL = 128,         /* + N: signal N killed the command      */
};

/*
 * Prepares this program to set up a container: holds back signals, see signals.h, until
 * process_wait() takes them. So none ends the program while something is set up and not yet undone.
 * Sets the umask to 022, so that what it makes has the same modes for each caller. Call it before
 * the first act. Returns 0, or -1 after a report.
 */
int process_prepare(void);

/*
 * A new child calls this first. It gives the child the signal mask, the dispositions and the umask
 * that the caller of this program had, and makes it die with its parent, see gate.h. Returns 0, or
 * -1 after a report.
 */
int process_begin_child(void);

/* Names the limit, if errno is EAGAIN after fork(2), clone(2) or execve(2). Keeps errno. */
void process_hint_fork(void);

/* Turns the status from waitpid(2) into the exit status that a shell would show. */
int process_status(int wait_status);

/*
 * Runs enter(arg) in a child and waits for the child. enter() becomes the command, or returns an
 * exit status. Returns the child's exit status.
 */
int process_run(int (*enter)(void *), void *arg);

/*
 * Waits for `child` and returns its exit status as a shell would show it. A signal for this program
 * is passed on to the child, unless the terminal has sent it to the child already.
 *
 * A signal that asks to stop, before the command has begun, ends the child at once: the status is
 * 128 and that signal. Later the child has GRACE (2 seconds) to end. Then it is killed, or sooner
 * after SIGQUIT or a third such signal: timeout(1) alone sends two. SIGINT and
 * SIGQUIT give no such time to a child that handles them, or that has a session of its own: it may
 * go on, as a shell does.
 */
int process_wait(pid_t child);

/*
 * Makes the child depend on another process of this program, such as the one that carries its
 * terminal. If that one fails, process_wait() ends the child, as after SIGHUP.
 */
void process_depend_on(pid_t other);

/*
 * Ends main(): returns `status`. But if SIGINT has ended the command, or process_wait() killed it
 * after one, then this program dies of SIGINT too: so Ctrl-C also ends the caller's loop.
 */
int process_leave(int status);

#endif
