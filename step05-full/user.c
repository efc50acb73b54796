#include "user.h"

#include "gate.h"
#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Takes one part: a number into `id`, or else a name. Returns whether it is one of them. */
static bool take(const char *text, size_t length, char *name, unsigned *id)
{
    static const char digits[] = "0123456789";
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_.-$";

    if (length == 0 || length >= USER_NAME_SIZE || *text == '-')
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    if (strspn(name, digits) < length)
        return strspn(name, allowed) == length;
    bool fits = accounts_read_id(name, id);
    *name = '\0';
    return fits;
}

int user_parse(const char *text, void *value)
{
    struct user *u = value, read = {.chosen = true};
    const char *colon = strchr(text, ':');

    read.group_chosen = colon;
    if (take(text, strcspn(text, ":"), read.name, &read.uid) &&
        (!colon || take(colon + 1, strlen(colon + 1), read.group, &read.gid))) {
        *u = read;
        return 0;
    }
    errno = EINVAL;
    return report_errno("user '%.40s' (wanted: USER or USER:GROUP, by name or number)", text);
}

static int report_unknown(const char *what, const char *name, const char *file)
{
    errno = ENOENT;
    report_errno("find the %s %.40s in %s of the image", what, name, file);
    report_hint(
        "it is looked for in a plain file, of which %d KiB are read; a number needs no line "
        "there",
        ACCOUNTS_SIZE >> 10);
    return -1;
}

int user_find(struct user *u, const char *root)
{
    struct account a;

    if (!u->chosen)
        return 0;
    int found = accounts_find_user(root, *u->name ? u->name : NULL, u->uid, &a);
    if (found < 0)
        return -1;
    if (found == 0 && *u->name)
        return report_unknown("user", u->name, "/etc/passwd");
    if (found == 0)
        a = (struct account){.uid = u->uid, .gid = u->uid, .home = "/"};
    u->uid = a.uid;
    strcpy(u->home, a.home);
    if (!u->group_chosen)
        u->gid = a.gid;
    if (!*u->group)
        return 0;
    found = accounts_find_group(root, u->group, &u->gid);
    return found == 0 ? report_unknown("group", u->group, "/etc/group") : found < 0 ? -1 : 0;
}

static int refuse(const char *act, const char *kind, unsigned id)
{
    report_errno("%s %s %u", act, kind, id);
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
        return refuse("become", "group", u->gid);
    if (setresuid(u->uid, u->uid, u->uid) < 0)
        return refuse("become", "user", u->uid);
    return gate_die_with_launcher(); /* the change of ids has cleared this */
}

int user_give(const struct user *u, int fd)
{
    if (u->chosen && fchown(fd, u->uid, u->gid) < 0)
        return refuse("give a pipe or terminal to", "user", u->uid);
    return 0;
}
