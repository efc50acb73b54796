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
 * Holds back SIGINT, SIGQUIT, SIGTERM and SIGHUP until process_wait() takes them. So no signal ends
 * the program while something is set up and not yet undone. Call it before the first act. A signal
 * that the caller ignores (nohup) stays ignored. Returns 0, or -1 after a report.
 */
int process_hold_signals(void);

/*
 * A new child calls this first. It restores the signal mask that the program was started with, and
 * asks the kernel to kill the child when its parent dies (PR_SET_PDEATHSIG, prctl(2)). `parent` is
 * the parent's pid. Returns 0, or -1 after a report, also if the parent has died already.
 */
int process_begin_child(pid_t parent);

/* Turns the status from waitpid(2) into the exit status that a shell would show. */
int process_status(int wait_status);

/*
 * Runs enter(arg) in a child and waits for the child. enter() becomes the command, or returns an
 * exit status. Returns the child's exit status.
 */
int process_run(int (*enter)(void *), void *arg);

/*
 * Waits for `child` and returns its exit status as a shell would show it. A signal that asks this
 * program to stop is passed on to the child, unless the terminal has sent it to the child already.
 * If the child is still there GRACE (2 seconds) later, or a second signal comes, the child is
 * killed. After Ctrl-C or Ctrl-\ this does not hold for a child that has a handler for the signal,
 * or a session of its own: it may go on, as a shell does.
 */
int process_wait(pid_t child);

#endif
