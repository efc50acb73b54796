/*
 * user: the user and the group that the command runs as.
 *
 * Their names are those of the image, so they are looked up when its root is in sight.
 */
#ifndef USER_H
#define USER_H

#include "accounts.h"

#include <stdbool.h>
#include <sys/types.h>

enum { USER_NAME_SIZE = 256 };

struct user {
    bool chosen;       /* otherwise it is root inside               */
    bool group_chosen; /* otherwise user_find() finds the group     */
    char name[USER_NAME_SIZE], group[USER_NAME_SIZE]; /* "": it is the number below */
    uid_t uid;
    gid_t gid;
    char home[ACCOUNTS_HOME_SIZE];
};

/*
 * Parses USER or USER:GROUP, each a name or a number, into `value`, a struct user. Returns 0, or -1
 * after a report: EINVAL.
 */
int user_parse(const char *text, void *value);

/*
 * Looks up a chosen user in root/etc/passwd, for the uid, the group and the home, and a name of a
 * group in root/etc/group. `root` is "/", or the folder of a test. What looks like a number is one,
 * also where the image has a user of that name (CVE-2016-3697). A number may have no line there.
 * Then the group is the same number, and the home is /. Returns 0, or -1 after a report: ENOENT for
 * a name without a line.
 */
int user_find(struct user *u, const char *root);

/*
 * Becomes that user and group. The other groups stay as subids_become_root() has left them. Without
 * root's id, root's capabilities are lost. Returns 0, or -1 after a report: EINVAL for an id that
 * is not in the id maps.
 */
int user_become(const struct user *u);

/*
 * Gives descriptor `fd`, a pipe or a terminal of the container's own, to that user. The caller is
 * the container's root, and keeps it when no user was chosen. Returns 0, or -1 after a report:
 * EINVAL for an id that is not in the id maps.
 */
int user_give(const struct user *u, int fd);

#endif
