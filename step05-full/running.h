/*
 * running: a container that runs, and what the kernel tells of its process 1.
 *
 * What a container was given is read from the kernel alone. A file that says it could be forged.
 * See proc(5) and pidfd_open(2).
 */
#ifndef RUNNING_H
#define RUNNING_H

#include "capabilities.h"
#include "subids.h"
#include "user.h"

#include <sys/types.h>

struct running {
    pid_t pid, launcher;      /* process 1, as the host counts, and its parent    */
    int handle;               /* process 1, by pidfd: another gets its number only
                                 after its end                                    */
    int proc, launchers_proc; /* their folders in /proc                           */
};

/* What process 1 may do. */
struct rights {
    struct capabilities capabilities; /* its bounding set: it keeps these, and drops all others */
    struct user user;                 /* as ids inside                                          */
    struct subids ids;                /* whether it has left the groups of its caller           */
};

/*
 * Finds the container `name`, as pidfile_open() does, and its launcher. Returns 0, or -1 after a
 * report: EPERM if process 1 does not have the filters of step05 (it is of another step, or is just
 * being made), or if the launcher is another user's; ESRCH. What it opened stays open until the
 * program ends.
 */
int running_find(struct running *r, const char *parent, const char *name);

/*
 * Checks that process 1 still runs, as the child of the same launcher: so what was found by their
 * numbers was theirs. Returns 0, or -1 after a report: ESRCH.
 */
int running_check(const struct running *r);

/*
 * Reads the ids that the container's root has outside into the `outside` of ids->uids[0] and
 * gids[0]. The caller must still be outside. Returns 0, or -1 after a report.
 */
int running_read_root(const struct running *r, struct subids *ids);

/*
 * Reads the rights of process 1. The caller must be in its user namespace, since the kernel shows
 * ids to each reader as the reader's user namespace has them. Returns 0, or -1 after a report.
 */
int running_read_rights(const struct running *r, struct rights *rights);

#endif
