/*
 * subids: subordinate ids, which belong to the container and to nobody outside.
 *
 * Up to step04, root in root's container is root outside too, and any process that reaches the host
 * is root there. Ids of its own make it nobody. Root's container gets a range of 65536 ids that no
 * user of the host has. An ordinary user's container gets the user's own id, as 0, and the ids that
 * /etc/subuid and /etc/subgid grant, by newuidmap(1). Without a grant it gets the user's id alone.
 *
 * uid 0 is not always root: in a user namespace, such as that of a rootless container, it is an
 * ordinary user of the host. The ids for root's container are then not there to be given.
 *
 * Closes rows 12, 13, 14, 15, 17, 18, 33 and 40 of the attack table.
 */
#ifndef SUBIDS_H
#define SUBIDS_H

#include "scratch.h"

#include <stdbool.h>
#include <sys/types.h>

struct subids_range {
    unsigned inside, outside, count;
};

struct subids {
    bool privileged; /* the caller is root and has the ids: see above */
    int ranges;      /* how many of uids[], and of gids[], are in use */
    struct subids_range uids[2], gids[2];
};

/*
 * Looks in the file `path`, in the format of subuid(5), for the first range that is granted to a
 * user, by name or by number. Fills in its `outside` and `count`. Returns whether there is one. If
 * not, errno is 0, or says why the file could not be read. A missing file, and one that is not for
 * the caller, grant nothing.
 */
bool subids_find_granted(const char *path, const char *name, uid_t uid, struct subids_range *range);

/*
 * Tells whether this caller's containers get a range of ids that is no user's: the caller is root
 * and has these ids to give. Returns -1 after a report.
 */
int subids_are_roots(void);

/*
 * Chooses the ids for a container of this caller. Root must have the capabilities that giving it
 * other ids takes: a unit or a container may have taken some. Returns 0, or -1 after a report.
 */
int subids_choose(struct subids *r);

/*
 * Writes the id maps of `pid`, in its new user namespace. Where a helper cannot, the map has the
 * caller's own id alone, and a note says so. Returns 0, or -1 after a report.
 */
int subids_write(const struct subids *r, pid_t pid);

/*
 * If the container's root is not the caller itself: lets it pass through the scratch directory, and
 * do nothing else in it. Where s->keep is set, makes it the owner of upper, work and merged there.
 * Returns 0, or -1 after a report.
 */
int subids_give(const struct subids *r, const struct scratch *s);

/*
 * In the child, after its maps are written: becomes root inside and leaves the caller's groups. It
 * keeps them where setgroups(2) is denied, see user_namespaces(7): they give it no more than the
 * caller has. Returns 0, or -1 after a report.
 */
int subids_become_root(const struct subids *r);

/*
 * If the scratch directory of a user with a range is to be kept, says how to remove it: files in it
 * belong to ids of the range, and on the host the user may not remove those.
 */
void subids_hint_kept(const struct subids *r, const struct scratch *s, const char *rootfs);

#endif
