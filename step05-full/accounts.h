/*
 * accounts: the users and groups that an image knows, see passwd(5) and group(5).
 *
 * Who made the image also wrote these files. So they are read as root inside, beneath the
 * container's root alone, and no further than ACCOUNTS_SIZE. What is no regular file has no lines:
 * a FIFO would make us wait.
 */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

enum { ACCOUNTS_SIZE = 1024 * 1024, ACCOUNTS_HOME_SIZE = 1024 };

struct account {
    uid_t uid;
    gid_t gid;
    char home[ACCOUNTS_HOME_SIZE];
};

/*
 * Looks in root/etc/passwd for the first line with this name, or if `name` is NULL, with this uid.
 * Returns 1 with the line in `found`; 0 if there is none; or -1 after a report.
 */
int accounts_find_user(const char *root, const char *name, uid_t uid, struct account *found);

/* Looks in root/etc/group for the first line with this name. Returns the same. */
int accounts_find_group(const char *root, const char *name, gid_t *gid);

/*
 * Reads an id from the start of `text`. (uid_t)-1 is not one: for setresuid(2) it means "do not
 * change the id". Returns what follows it, or NULL.
 */
const char *accounts_read_id(const char *text, unsigned *id);

#endif
