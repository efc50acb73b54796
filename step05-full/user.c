#include "user.h"

#include "gate.h"
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Reads an id. (uid_t)-1 is not one: for setresuid(2) it means "do not change the id". */
static const char *read_id(const char *text, unsigned *id)
{
    char *end = NULL;

    if (!isdigit((unsigned char)*text))
        return NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno || number >= (uid_t)-1)
        return NULL;
    *id = (unsigned)number;
    return end;
}

int user_parse(const char *text, void *value)
{
    struct user *u = value;
    const char *rest = read_id(text, &u->uid);

    u->gid = u->uid;
    if (rest && *rest == ':')
        rest = read_id(rest + 1, &u->gid);
    u->chosen = true;
    if (rest && !*rest)
        return 0;
    errno = EINVAL;
    return report_errno("user '%.40s' (wanted: UID or UID:GID, in numbers)", text);
}

static int refuse(const char *kind, unsigned id)
{
    report_errno("become %s %u", kind, id);
    if (errno == EINVAL)
        report_hint("the container has no %s id %u: /proc/self/%cid_map inside shows which it has; "
                    "an ordinary user's has more by /etc/sub%cid, see TUTORIAL.md",
                    kind, id, *kind, *kind);
    return -1;
}

int user_become(const struct user *u)
{
    char uid[16], gid[16];

    if (!u->chosen)
        return 0;
    snprintf(uid, sizeof(uid), "%u", u->uid);
    snprintf(gid, sizeof(gid), "%u", u->gid);
    explain("setpriv", "--reuid", uid, "--regid", gid, "--keep-groups", "sh", NULL);
    if (setresgid(u->gid, u->gid, u->gid) < 0)
        return refuse("group", u->gid);
    if (setresuid(u->uid, u->uid, u->uid) < 0)
        return refuse("user", u->uid);
    return gate_die_with_launcher(); /* the change of ids has cleared this */
}

int user_give(const struct user *u, int fd)
{
    if (u->chosen && fchown(fd, u->uid, u->gid) < 0)
        return report_errno("give descriptor %d to user %u", fd, u->uid);
    return 0;
}
