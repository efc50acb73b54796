/*
 * cgroup: a control group of the container's own, which the kernel counts and limits as one.
 *
 * A container has one for each controller that it needs: three directories in cgroup v1, one and
 * the same in v2. See cgroups(7).
 */
#ifndef CGROUP_H
#define CGROUP_H

#include "limit.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct cgroup_part {
    int version;        /* of its hierarchy: 1 or 2                                    */
    char dir[PATH_MAX]; /* the container's cgroup for the controller                   */
    bool made;          /* this part made the directory, and does not share another's  */
};

struct cgroup {
    struct cgroup_part memory, cpu, pids;
};

/*
 * Makes the cgroups called `name`: in v1 below the caller's own, in v2 below `base`. Returns 0, or
 * -1 after a report: EEXIST when the name is in use, EACCES, ENOENT when there is no such
 * controller. What was made stays for cgroup_remove().
 */
int cgroup_make(struct cgroup *g, const char *base, const char *name);

/* Writes the limits to their files, see limit.h. Returns 0, or -1 after a report. */
int cgroup_limit(const struct cgroup *g, const struct limits *l);

/* Moves a process into them, which its children will follow. Returns 0, or -1 after a report. */
int cgroup_add(struct cgroup *g, pid_t pid);

/*
 * Makes the caller's cgroup look like the root of all to it: cgroup_namespaces(7). The root is
 * where the caller is at this moment, so it must be in its cgroup already. 0, or -1 after a report.
 */
int cgroup_enter_namespace(void);

/*
 * Removes the cgroups, and those that the container made below them, and kills what is left in
 * them. Accepts what was never made. Returns 0, or -1 after a report.
 */
int cgroup_remove(struct cgroup *g);

#endif
