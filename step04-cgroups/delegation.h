/*
 * delegation: the cgroup v2 whose children may have the controllers that a container needs.
 *
 * In v2 a cgroup has a controller only if each cgroup above hands it down, by its file
 * cgroup.subtree_control. A cgroup that hands controllers down may hold no processes itself ("no
 * internal processes"); only the root of the tree may. But the caller's own cgroup holds at least
 * the caller. See cgroups(7) and the kernel's Documentation/admin-guide/cgroup-v2.rst.
 */
#ifndef DELEGATION_H
#define DELEGATION_H

#include <limits.h>

struct delegation {
    char base[PATH_MAX];  /* where the container's cgroup can be made; empty in v1         */
    char aside[PATH_MAX]; /* the child of `base` to which the caller moved; or empty       */
    char controllers[64]; /* those that v2 has here, as in "+memory +cpu +pids"            */
};

/*
 * Looks for a base, from the caller's own cgroup upwards. So the caller's limits hold for the
 * container too. Enables the controllers on the way down to the base. If the caller is alone in its
 * cgroup, it moves to a child of it, NAME.caller, and first notes that in the scratch directory
 * `scratch`, or nowhere if that is -1: see record. In v1 there is nothing to do. Returns 0, or -1
 * after a report: EBUSY if other processes are in the caller's cgroup, EACCES if nothing is
 * delegated to this user, ENOENT if a controller is not delegated.
 */
int delegation_claim(struct delegation *d, const char *name, int scratch);

/* Moves the caller back after cgroup_remove(), if it was moved. Returns 0, or -1 after a report. */
int delegation_give_back(struct delegation *d);

#endif
