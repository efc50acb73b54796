/*
 * subids: subordinate ids, which are the container's own and nobody's outside.
 *
 * Where root inside is root outside, as up to step04, whatever reaches the host is root there. A
 * range of 65536 ids makes it nobody: root's containers get one that no user of the host has; an
 * ordinary user's are its own id, for 0, and those that /etc/subuid and /etc/subgid grant it, by
 * newuidmap(1); or its own id alone where nothing is granted.
 *
 * Closes rows 12, 13, 14, 15, 17, 18, 33 and 40 of the attack table.
 */
#ifndef SUBIDS_H
#define SUBIDS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct subids_range {
    unsigned inside, outside, count;
};

struct subids {
    bool privileged; /* the caller is root, and needs no help                    */
    int ranges;      /* how many of the next are in use, of uids and gids alike  */
    struct subids_range uids[2], gids[2];
    char newuidmap[PATH_MAX], newgidmap[PATH_MAX]; /* who write two of them */
};

/*
 * Looks in the file `path`, as subuid(5) has it, for the first range that is granted to a user, by
 * name or by number. Fills in outside and count of the range. Returns whether there is one.
 */
bool subids_find_granted(const char *path, const char *name, uid_t uid, struct subids_range *range);

/*
 * Looks for a helper, such as newuidmap(1), in the folders of PATH, and puts where it is into
 * path[size]. Returns whether there is one that the caller may execute.
 */
bool subids_find_helper(const char *name, char *path, size_t size);

/* Chooses the ids of a container of this caller. Returns 0, or -1 after a report. */
int subids_choose(struct subids *r);

/* Writes the maps of process `pid`, in a new user namespace. Returns 0, or -1 after a report. */
int subids_write(const struct subids *r, pid_t pid);

/*
 * Gives the scratch directory `dir` and the folders in it to the container's root, where that is
 * another than the caller. Returns 0, or -1 after a report.
 */
int subids_give(const struct subids *r, const char *dir);

/*
 * In the child, after its maps are written: becomes root inside, and leaves the groups of the
 * caller, unless those are denied to it (setgroups(2) in user_namespaces(7)): they are then no more
 * than the caller has. Returns 0, or -1 after a report.
 */
int subids_become_root(const struct subids *r);

#endif
