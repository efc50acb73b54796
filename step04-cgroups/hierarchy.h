/*
 * hierarchy: where the cgroups of this machine are mounted, and where among them the caller is.
 *
 * Three layouts are in use: v2 (one tree for all), v1 (a tree for each controller or two) and
 * hybrid (v1, with a v2 tree beside it that controls nothing). None is guessed from a path: a mkdir
 * below /sys/fs/cgroup succeeds on the tmpfs of a hybrid layout, and limits nothing. See
 * cgroups(7).
 */
#ifndef HIERARCHY_H
#define HIERARCHY_H

#include <limits.h>

struct hierarchy {
    int version;        /* 1 or 2                                         */
    char top[PATH_MAX]; /* where it is mounted: the highest cgroup in sight */
    char own[PATH_MAX]; /* the cgroup of the caller: `top`, or below it   */
};

/*
 * Finds the hierarchy of a controller ("memory", "cpu", "pids"), from the files cgroup and
 * mountinfo in the folder `proc`, which is /proc/self. A controller that no v1 hierarchy has is
 * looked for in v2. Returns 0, or -1 after a report: ENOENT when there is none or it is not
 * mounted.
 */
int hierarchy_find(struct hierarchy *h, const char *controller, const char *proc);

/* Checks by the file system's type that `h` is what it seems. Returns 0, or -1 after a report. */
int hierarchy_verify(const struct hierarchy *h);

#endif
