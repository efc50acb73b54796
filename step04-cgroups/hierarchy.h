/*
 * hierarchy: where the cgroups of this machine are mounted, and which of them the caller is in.
 *
 * Three layouts are in use: v2 (one tree for all), v1 (a tree for each controller or two) and
 * hybrid (v1, with a v2 tree beside it that controls nothing). The layout is not guessed from a
 * path: in a hybrid layout /sys/fs/cgroup is a tmpfs, and a mkdir there succeeds and limits
 * nothing. See cgroups(7).
 */
#ifndef HIERARCHY_H
#define HIERARCHY_H

#include <limits.h>
#include <stdbool.h>

struct hierarchy {
    int version;        /* 1 or 2                                         */
    char top[PATH_MAX]; /* where it is mounted: the highest cgroup that is visible */
    char own[PATH_MAX]; /* the cgroup of the caller: `top`, or below it   */
};

/*
 * Finds the hierarchy of a controller ("memory", "cpu", "pids"), from the files cgroup and
 * mountinfo in the folder `proc`, which is /proc/self. If no v1 hierarchy has the controller, looks
 * for it in v2. Returns 0, or -1 after a report: ENOENT if there is no hierarchy or it is not
 * mounted.
 */
int hierarchy_find(struct hierarchy *h, const char *controller, const char *proc);

/* The same, but `own` is the cgroup of another process, whose folder is `other`: /proc/PID. */
int hierarchy_find_of(struct hierarchy *h, const char *controller, const char *proc,
                      const char *other);

/* Checks the type of the file system that `h` is in. Returns 0, or -1 after a report. */
int hierarchy_verify(const struct hierarchy *h);

/* Tells whether a list such as "cpu memory" or "rw,cpu,cpuacct" has an entry. */
bool hierarchy_list_has(const char *list, const char *separators, const char *entry);

#endif
