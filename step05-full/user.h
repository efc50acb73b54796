/*
 * user: the user and the group that the command runs as.
 */
#ifndef USER_H
#define USER_H

#include <stdbool.h>
#include <sys/types.h>

struct user {
    bool chosen; /* otherwise it is root inside */
    uid_t uid;
    gid_t gid;
};

/*
 * Parses UID or UID:GID, which are numbers, into `value`, a struct user. Without GID, the group is
 * the same number. Returns 0, or -1 after a report: EINVAL.
 */
int user_parse(const char *text, void *value);

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
