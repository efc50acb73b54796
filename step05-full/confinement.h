/*
 * confinement: the container's share of the machine, by a cgroup, where there can be one.
 *
 * Elsewhere there are only limits on each process, which are weaker: see rlimits_lower().
 */
#ifndef CONFINEMENT_H
#define CONFINEMENT_H

#include "cgroup.h"
#include "delegation.h"
#include "limit.h"

#include <stdbool.h>
#include <sys/types.h>

struct confinement {
    struct delegation delegation;
    struct cgroup cgroup;
};

/*
 * Gives up the caller's priority and core limit of 0, see priority.h and rlimits.h. Makes the
 * cgroup `name` with the limits `l`: see delegation_claim(), cgroup_make() and cgroup_limit() for
 * what can fail. Notes it in the scratch directory `scratch`. If the user chose no limit, a machine
 * without cgroups is no reason to fail: a note says so. Returns 0, or -1 after a report. After an
 * error, confinement_remove() must remove what was made.
 */
int confinement_make(struct confinement *c, const struct limits *l, const char *name, int scratch);

/* Moves the process into the cgroup, if there is one. Returns 0, or -1 after a report. */
int confinement_add(struct confinement *c, pid_t pid);

/* Prints a note if the kernel has killed a process for want of memory. Returns whether it has. */
bool confinement_report_kills(const struct confinement *c);

/* Removes the cgroup, and moves the caller back to its own. Returns 0, or -1 after a report. */
int confinement_remove(struct confinement *c);

#endif
