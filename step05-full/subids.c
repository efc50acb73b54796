#include "subids.h"

#include "file.h"
#include "gate.h"
#include "kernel_file.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

/* A helper has rights over others' ids, so only root may have written it. */
static bool is_trusted(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == 0 &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 && status.st_mode & S_IXUSR;
}

/* Not in the folders of PATH: the caller may have one that another user can write to. */
int subids_open_helper(const char *root, const char *name, char *path, size_t size)
{
    static const char *const folders[] = {"/usr/bin", "/bin", "/usr/sbin", "/sbin",
                                          "/run/wrappers/bin" /* of NixOS */};

    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        if ((size_t)snprintf(path, size, "%s%s/%s", root, folders[i], name) >= size)
            continue;
        int fd = open(path, O_PATH | O_CLOEXEC);
        if (fd >= 0 && is_trusted(fd))
            return fd;
        file_close(&fd);
    }
    errno = ENOENT;
    return -1;
}

static bool has_helper(const char *name)
{
    char path[64];
    cleanup_fd int fd = subids_open_helper("", name, path, sizeof(path));

    return fd >= 0;
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
    return has_helper("newuidmap") && has_helper("newgidmap");
}

int subids_choose(struct subids *r)
{
    r->privileged = geteuid() == 0;
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
static int run_helper(const char *name, pid_t pid, const struct subids_range *ranges)
{
    char path[64], words[7][16];
    char *command[9] = {path};
    cleanup_fd int program = subids_open_helper("", name, path, sizeof(path));
    int status;

    if (program < 0)
        return report_errno("find %s", name);

    snprintf(words[0], sizeof(words[0]), "%d", pid);
    for (int i = 0; i < 2; i++) {
        snprintf(words[3 * i + 1], sizeof(*words), "%u", ranges[i].inside);
        snprintf(words[3 * i + 2], sizeof(*words), "%u", ranges[i].outside);
        snprintf(words[3 * i + 3], sizeof(*words), "%u", ranges[i].count);
    }
    for (int i = 0; i < 7; i++)
        command[i + 1] = words[i];
    explain(path, words[0], words[1], words[2], words[3], words[4], words[5], words[6], NULL);

    pid_t child = fork();
    if (child < 0)
        return report_errno("fork");
    if (child == 0) {
        fexecve(program, command, environ); /* the file that was checked */
        report_errno("exec %s", path);
        _exit(EXIT_NOT_FOUND);
    }
    if (waitpid(child, &status, 0) < 0)
        return report_errno("waitpid %d", child);
    if (process_status(status) == 0)
        return 0;
    errno = EPERM;
    return report_errno("map the ids of process %d by %s", pid, path);
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

    if (r->ranges == 2)
        return run_helper("newuidmap", pid, r->uids) < 0 ? -1
                                                         : run_helper("newgidmap", pid, r->gids);
    snprintf(proc, sizeof(proc), "/proc/%d", pid);
    if (!r->privileged && kernel_file_write(proc, "setgroups", "deny") < 0)
        return -1;
    return write_map(proc, "uid_map", r->uids) < 0 ? -1 : write_map(proc, "gid_map", r->gids);
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
    if (let_pass(r, s) < 0 || give_layer(r, s, "upper") < 0 || give_layer(r, s, "work") < 0 ||
        give_layer(r, s, "merged") < 0)
        return -1;
    return 0;
}

int subids_become_root(const struct subids *r)
{
    bool may_leave = r->privileged || r->ranges == 2;

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
