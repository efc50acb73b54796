/*
 * delegation: the cgroup v2 whose children may have the controllers that a container needs.
 *
 * In v2 a controller reaches a cgroup only where each one above it hands it down by its file
 * cgroup.subtree_control, and one that hands controllers down may hold no processes itself ("no
 * internal processes"; only the root of all may). The caller's own cgroup holds the caller at
 * least. See cgroups(7) and the kernel's Documentation/admin-guide/cgroup-v2.rst.
 */
#ifndef DELEGATION_H
#define DELEGATION_H

#include <limits.h>

struct delegation {
    char base[PATH_MAX];  /* where the container's cgroup can be made; empty in v1         */
    char aside[PATH_MAX]; /* the child of it to which the caller moved, or empty           */
    char controllers[64]; /* the ones that v2 has here, as subtree_control wants them      */
};

/*
 * Looks for a base, from the caller's own cgroup upwards, so that the caller's limits hold for the
 * container too, and enables the controllers on the way down to it. Where the caller is alone in
 * its cgroup, it moves to a child NAME.caller of it. In v1 there is nothing to do. Returns 0, or -1
 * after a report: EBUSY when others are in the caller's cgroup, EACCES when nothing is delegated to
 * this user, ENOENT when a controller is not.
 */
int delegation_claim(struct delegation *d, const char *name);

/* Moves the caller back, once the container's cgroup is gone. Accepts half a claim. 0 or -1. */
int delegation_give_back(struct delegation *d);

#endif
