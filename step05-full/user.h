/*
 * user: whom the command runs as.
 */
#ifndef USER_H
#define USER_H

#include <stdbool.h>
#include <sys/types.h>

struct user {
    bool chosen; /* otherwise root inside */
    uid_t uid;
    gid_t gid;
};

/* Parses UID or UID:GID, numbers both, into value, a struct user. 0, or -1 after a report: EINVAL.
 */
int user_parse(const char *text, void *value);

/*
 * Becomes that user, who has no other group. Which ids there are, the id maps say: EINVAL for one
 * that is not in them. With root's id go root's capabilities. Returns 0, or -1 after a report.
 */
int user_become(const struct user *u);

#endif
