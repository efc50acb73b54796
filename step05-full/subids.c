#include "subids.h"

#include "file.h"
#include "gate.h"
#include "idhelper.h"
#include "idmap.h"
#include "kernel_file.h"
#include "privilege.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Above systemd's ids for users and containers: see its page "Users, Groups, UIDs and GIDs". */
enum { ROOTS_BASE = 0x70000000, COUNT = 65536 };

/* Whether a reader has met an error, and not the end of the file. Keeps errno for a report. */
static bool is_broken(FILE *file)
{
    return file && ferror(file);
}

/* The next entry, or NULL. At the end errno is 0, where the C library says ENOENT. */
static const struct passwd *next_entry(FILE *passwd)
{
    errno = 0;
    const struct passwd *entry = fgetpwent(passwd);

    if (errno == ENOENT && !ferror(passwd))
        errno = 0;
    return entry;
}

/*
 * Reads the caller's name from the file alone: a static program has no other sources. Without an
 * entry it is the number.
 */
static int find_name(char *name, size_t size)
{
    FILE *passwd = fopen("/etc/passwd", "re");
    const struct passwd *entry;
    int result = 0;

    snprintf(name, size, "%u", getuid());
    if (!passwd)
        return errno == ENOENT || errno == EACCES ? 0 : report_errno("read /etc/passwd");
    while ((entry = next_entry(passwd)) && entry->pw_uid != getuid())
        ;
    if (entry)
        snprintf(name, size, "%s", entry->pw_name);
    else if (errno)
        result = report_errno("read /etc/passwd");
    fclose(passwd);
    return result;
}

/* Looks for "NAME:FIRST:COUNT" or "UID:FIRST:COUNT". */
bool subids_find_granted(const char *path, const char *name, uid_t uid, struct subids_range *range)
{
    char line[512], who[256], id[32];
    FILE *file = fopen(path, "re");
    bool found = false;

    if (!file) {
        errno = errno == ENOENT || errno == EACCES ? 0 : errno;
        return false;
    }
    snprintf(id, sizeof(id), "%u", uid);
    while (!found && fgets(line, sizeof(line), file))
        found = sscanf(line, "%255[^:]:%u:%u", who, &range->outside, &range->count) == 3 &&
                (strcmp(who, name) == 0 || strcmp(who, id) == 0) && range->count > 0;
    int error = is_broken(file) ? errno : 0;
    fclose(file);
    errno = error;
    return found;
}

/* Puts the granted ids after the caller's own id. All ids together are at most COUNT. */
static void place_granted(struct subids_range *range)
{
    range->inside = 1;
    if (range->count > COUNT - 1)
        range->count = COUNT - 1;
}

/* Returns whether the caller may use more ids than its own, or -1 after a report. */
static int find_more(struct subids *r)
{
    char name[256];

    if (find_name(name, sizeof(name)) < 0)
        return -1;
    if (!subids_find_granted("/etc/subuid", name, getuid(), &r->uids[1]))
        return errno ? report_errno("read /etc/subuid") : false;
    if (!subids_find_granted("/etc/subgid", name, getuid(), &r->gids[1]))
        return errno ? report_errno("read /etc/subgid") : false;
    return idhelper_is_installed("newuidmap") && idhelper_is_installed("newgidmap");
}

/* Root would be stopped half way, with files of other ids that it could not remove. */
static int check_capabilities(void)
{
    static const int needed[] = {CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_SETUID,
                                 CAP_SETGID, CAP_SYS_ADMIN,    CAP_SYS_CHROOT};

    return privilege_need(needed, sizeof(needed) / sizeof(*needed),
                          "to give a container ids of its own");
}

int subids_are_roots(void)
{
    if (geteuid() != 0)
        return false;
    int uids = idmap_has("uid_map", ROOTS_BASE, COUNT);
    return uids > 0 ? idmap_has("gid_map", ROOTS_BASE, COUNT) : uids;
}

int subids_choose(struct subids *r)
{
    int roots = subids_are_roots();
    if (roots < 0 || (roots && check_capabilities() < 0))
        return -1;
    r->privileged = roots;
    r->ranges = 1;
    if (r->privileged) {
        r->uids[0] = r->gids[0] = (struct subids_range){0, ROOTS_BASE, COUNT};
        return 0;
    }
    r->uids[0] = (struct subids_range){0, geteuid(), 1};
    r->gids[0] = (struct subids_range){0, getegid(), 1};
    int more = find_more(r);
    if (more <= 0)
        return more;
    r->ranges = 2;
    place_granted(&r->uids[1]);
    place_granted(&r->gids[1]);
    return 0;
}

/* Runs for example: newuidmap PID 0 1000 1 1 100000 65535 */
static int map_by_helper(const char *name, pid_t pid, const struct subids_range *ranges)
{
    char words[7][16];
    char *command[9] = {NULL};

    snprintf(words[0], sizeof(words[0]), "%d", pid);
    for (int i = 0; i < 2; i++) {
        snprintf(words[3 * i + 1], sizeof(*words), "%u", ranges[i].inside);
        snprintf(words[3 * i + 2], sizeof(*words), "%u", ranges[i].outside);
        snprintf(words[3 * i + 3], sizeof(*words), "%u", ranges[i].count);
    }
    for (int i = 0; i < 7; i++)
        command[i + 1] = words[i];
    return idhelper_run(name, command);
}

/* Returns how many of the two maps the helpers have written, or -1 after a report. */
static int write_by_helpers(const struct subids *r, pid_t pid)
{
    static const char *const helpers[] = {"newuidmap", "newgidmap"};
    static const char *const kinds[] = {"user", "group"};

    for (int i = 0; i < 2; i++) {
        int result = map_by_helper(helpers[i], pid, i == 0 ? r->uids : r->gids);

        if (result < 0)
            return -1;
        if (result == 0)
            continue;
        report_note("%s could not give the container more ids%s, so it has one %s id", helpers[i],
                    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? " (no_new_privs is set)" : "",
                    kinds[i]);
        return i;
    }
    return 2;
}

static int write_map(const char *proc, const char *name, const struct subids_range *range)
{
    char text[64];

    snprintf(text, sizeof(text), "%u %u %u", range->inside, range->outside, range->count);
    return kernel_file_write(proc, name, text);
}

int subids_write(const struct subids *r, pid_t pid)
{
    char proc[32];
    int written = r->ranges == 2 ? write_by_helpers(r, pid) : 0;

    if (written < 0)
        return -1;
    snprintf(proc, sizeof(proc), "/proc/%d", pid);
    if (written < 2 && !r->privileged && kernel_file_write(proc, "setgroups", "deny") < 0)
        return -1;
    if (written < 1 && write_map(proc, "uid_map", r->uids) < 0)
        return -1;
    return written < 2 ? write_map(proc, "gid_map", r->gids) : 0;
}

static int give_layer(const struct subids *r, const struct scratch *s, const char *name)
{
    uid_t uid = r->uids[0].outside;
    gid_t gid = r->gids[0].outside;
    char owner[32], path[PATH_MAX];

    if (file_join(path, sizeof(path), s->dir, name) < 0)
        return -1;
    snprintf(owner, sizeof(owner), "%u:%u", uid, gid);
    explain("chown", "-h", owner, path, NULL);
    if (fchownat(s->fd, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
        return report_errno("give %s to the container's root", path);
    return 0;
}

/* The folder stays ours: in a folder of its own the container's root could swap what we use. */
static int let_pass(const struct subids *r, const struct scratch *s)
{
    char group[32];

    snprintf(group, sizeof(group), "%u", r->gids[0].outside);
    explain("chgrp", group, s->dir, NULL);
    if (fchown(s->fd, (uid_t)-1, r->gids[0].outside) < 0)
        return report_errno("give %s the container's group", s->dir);
    explain("chmod", "710", s->dir, NULL);
    if (fchmod(s->fd, 0710) < 0)
        return report_errno("let the container's root pass through %s", s->dir);
    return 0;
}

int subids_give(const struct subids *r, const struct scratch *s)
{
    if (!r->privileged)
        return 0;
    if (let_pass(r, s) < 0)
        return -1;
    if (s->keep && (give_layer(r, s, "upper") < 0 || give_layer(r, s, "work") < 0 ||
                    give_layer(r, s, "merged") < 0))
        return -1;
    return 0;
}

/* Whether setgroups(2) is allowed in this user namespace. Or -1 after a report. */
static int may_set_groups(void)
{
    static const char path[] = "/proc/self/setgroups";
    char text[16];

    return file_read(path, text, sizeof(text)) < 0 ? report_errno("read %s", path)
                                                   : strcmp(text, "allow") == 0;
}

int subids_become_root(const struct subids *r)
{
    /* Of two ranges, the helpers may have refused the second. Only the kernel knows by now. */
    int may_leave = !r->privileged && r->ranges == 2 ? may_set_groups() : r->privileged;

    if (may_leave < 0)
        return -1;
    explain("setpriv", "--reuid", "0", "--regid", "0",
            may_leave ? "--clear-groups" : "--keep-groups", "sh", NULL);
    if (may_leave && setgroups(0, NULL) < 0)
        return report_errno("leave the caller's groups");
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
        return report_errno("become root inside");
    return gate_die_with_launcher(); /* the change of ids has cleared this */
}

void subids_hint_kept(const struct subids *r, const struct scratch *s, const char *rootfs)
{
    if (r->ranges == 2 && s->keep && *s->dir)
        report_note(
            "files that the container's users have made can be removed only by a container, "
            "later: step05 --volume %s:/kept %s rm -r /kept/upper && rmdir %s",
            s->dir, rootfs, s->dir);
}
