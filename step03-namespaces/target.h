/*
 * target: the process whose namespaces are to be entered.
 *
 * Its number may be another process's at any time. So it is held by a pidfd, see pidfd_open(2), and
 * by its folder in /proc, which dies with it.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <sys/types.h>

struct target {
    pid_t pid;   /* for messages and for -x                                             */
    int process; /* a pidfd, for setns(2)                                               */
    int proc;    /* the folder /proc/PID of that very process, for openat(2) of "status" */
    bool named;  /* it is process 1 of a container that was found by its name           */
};

/*
 * Finds the process by the container's name or by its number, and opens it. A container that has a
 * number as its name comes first. `scratch` is where the containers are; it may be NULL for TMPDIR
 * or /tmp. Returns 0, or -1 after a report: see pidfile_open(); ESRCH if there is no such process.
 */
int target_find(struct target *t, const char *scratch, const char *container);

/*
 * Checks that a process 1, or a container that was found by its name, is not just being made: it
 * would still have the host's root, or not all of its guards. Returns 0, or -1 after a report:
 * EAGAIN.
 */
int target_check_begun(const struct target *t);

#endif
