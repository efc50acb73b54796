/*
 * entrance: the namespaces of a running container, held open by its launcher, for exec.
 *
 * An ordinary user may not look into process 1, see privacy, so the kernel also refuses setns(2) by
 * its number, and its /proc/PID/ns. But the launcher is the user's own process. It has opened the
 * namespaces before the container began, and shows them in its /proc/PID/fd. No file names them, so
 * no file can be forged. The cgroup namespace is not among them: a new one, made in the container's
 * cgroup, shows the same. See namespaces(7) and ioctl_ns(2).
 */
#ifndef ENTRANCE_H
#define ENTRANCE_H

#include <sys/types.h>

enum { ENTRANCE_COUNT = 6 };

struct entrance {
    int namespaces[ENTRANCE_COUNT]; /* descriptors, in the order in which setns(2) wants them */
    int count;                      /* how many of them are open                              */
};

/*
 * In the launcher: opens the namespaces of its child, which has them all. Returns 0, or -1 after a
 * report; entrance_close() is still to be called.
 */
int entrance_open(struct entrance *e, pid_t child);

/* In the launcher, after the child's end: they would live on. Accepts what was never opened. */
void entrance_close(struct entrance *e);

/*
 * In another program: opens what a launcher has opened. `launcher` is a descriptor of its folder
 * /proc/PID. Checks that the user namespace was made by this user, and owns the others. Returns 0,
 * or -1 after a report: ENOENT if the launcher holds no namespaces, EACCES, EPERM.
 */
int entrance_find(struct entrance *e, int launcher);

/*
 * Enters them. The caller gets their mounts' root as its root and as its working directory. Its
 * next child, not the caller, is in the PID namespace. Returns 0, or -1 after a report.
 */
int entrance_enter(const struct entrance *e);

#endif
