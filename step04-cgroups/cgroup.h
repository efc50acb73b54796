/*
 * cgroup: the container's own control group. The kernel counts and limits it as a whole.
 *
 * A container has one for each of its three controllers. In cgroup v1 these are three directories.
 * In v2 they are the same directory. See cgroups(7).
 * Closes row 16 of the attack table.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include "limit.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct cgroup_part {
    int version;        /* the version of its hierarchy: 1 or 2                        */
    char dir[PATH_MAX]; /* the container's cgroup for the controller                   */
    bool made;          /* this part made the directory: it does not share another's   */
};

struct cgroup {
    struct cgroup_part memory, cpu, pids;
};

/*
 * Makes the cgroups called `name`: in v1 below the caller's own, in v2 below `base`. First notes
 * each in the scratch directory `scratch`, or nowhere if that is -1: see record. Returns 0, or -1
 * after a report: EEXIST if the name is in use, EACCES, ENOENT if there is no such controller.
 * After an error, cgroup_remove() must remove what was made.
 */
int cgroup_make(struct cgroup *g, const char *base, const char *name, int scratch);

/*
 * After EEXIST, says which cgroups have the name, and the command that removes them all; or that
 * the kernel has a file of that name in each cgroup. errno is kept.
 */
void cgroup_hint_in_use(const char *base, const char *name);

/* Writes the limits to their files, see limit.h. Returns 0, or -1 after a report. */
int cgroup_limit(const struct cgroup *g, const struct limits *l);

/* Moves a process into them. New children follow it. Returns 0, or -1 after a report. */
int cgroup_add(struct cgroup *g, pid_t pid);

/*
 * Makes the caller see its cgroup as the root of the tree: cgroup_namespaces(7). The root is
 * where the caller is at this moment, so it must be in its cgroup already. Returns 0, or -1 after a
 * report.
 */
int cgroup_enter_namespace(void);

/*
 * Removes the cgroups that were made, and those that the container made below them. Kills the
 * processes that are left in them. Returns 0, or -1 after a report.
 */
int cgroup_remove(struct cgroup *g);

#endif
