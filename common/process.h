/*
 * process: a container's first process as its parent sees it: started, signalled, waited for.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

/* The exit statuses that are not the command's own; env(1) and `docker run` use the same. */
enum {
    EXIT_USAGE = 2,
    EXIT_NOT_MADE = 125,       /* the container could not be made       */
    EXIT_NOT_EXECUTABLE = 126, /* the command is there, but does not run */
    EXIT_NOT_FOUND = 127,      /* the command is not there              */
    EXIT_SIGNAL = 128,         /* + N: signal N killed the command      */
};

/*
 * Holds back SIGINT, SIGQUIT, SIGTERM and SIGHUP until process_wait() takes them, so that no signal
 * ends the program between a step of the set-up and its undoing. Call it before the first act.
 * A signal that the caller ignores (nohup) stays ignored. Returns 0, or -1 after a report.
 */
int process_hold_signals(void);

/*
 * What a new child does first: takes the signals again as its parent's caller had them, and asks
 * the kernel to be killed when its parent dies (PR_SET_PDEATHSIG, prctl(2)). `parent` is the pid
 * of the parent, which may have died already. Returns 0, or -1 after a report.
 */
int process_begin_child(pid_t parent);

/* The exit status of a process as a shell counts it, from what waitpid(2) says. */
int process_status(int wait_status);

/*
 * Runs enter(arg) in a child, which becomes the command or returns an exit status, and waits for
 * it. Returns the exit status.
 */
int process_run(int (*enter)(void *), void *arg);

/*
 * Waits for `child` and returns its exit status as a shell counts it. A signal that asks this
 * program to stop is passed on to the child; where the child is still there GRACE seconds later,
 * or the signal comes again, the child is killed.
 */
int process_wait(pid_t child);

#endif
