/*
 * membership: the cgroup of a running container, for one more process.
 *
 * Whatever enters a container from outside counts against the container's limits only if it is in
 * its cgroup. cgroup finds and makes a cgroup by a name; this one follows a process, as the kernel
 * tells it in /proc/PID/cgroup. See cgroups(7).
 *
 * Closes row 28 of the attack table.
 */
#ifndef MEMBERSHIP_H
#define MEMBERSHIP_H

#include <sys/types.h>

struct membership {
    int procs[3]; /* the files cgroup.procs: one in v2, one for each controller in v1 */
    int count;    /* 0: the container has no cgroup of its own                        */
};

/*
 * On the host: opens the cgroup of the process `pid` for each controller that step04 limits. If it
 * has the same cgroups as its `launcher`, the container has none of its own: then there is nothing
 * to open. Returns 0, or -1 after a report.
 */
int membership_open(struct membership *m, pid_t pid, pid_t launcher);

/*
 * Moves the caller into them. `name` is the container's, for a hint. Returns 0, or -1 after a
 * report: EACCES if an ordinary user's process is outside of what is delegated to the user.
 */
int membership_take(const struct membership *m, const char *name);

#endif
