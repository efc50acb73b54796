#include "running.h"

#include "pidfile.h"
#include "status.h"
#include "syscalls.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_below(int proc, const char *name, char *text, size_t size)
{
    return file_read_at(proc, name, text, size) < 0
               ? report_errno("read /proc/PID/%s of the container's process 1", name)
               : 0;
}

static int read_status(int proc, struct status *status)
{
    return status_read(proc, status) < 0
               ? report_errno("read /proc/PID/status of the container's process 1")
               : 0;
}

static pid_t read_parent(int proc)
{
    struct status status;

    if (read_status(proc, &status) < 0)
        return -1;
    if (status.parent > 0)
        return status.parent;
    errno = ESRCH;
    return report_errno("find the launcher of the container");
}

static int open_proc(pid_t pid)
{
    char path[32];

    snprintf(path, sizeof(path), "/proc/%d", pid);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? report_errno("open %s", path) : fd;
}

/*
 * The machine may give both to all of its processes. But only step05 adds its filters to those of
 * its launcher, and it does so last: with them, all the other guards hold, too.
 */
static int check_guards(const struct running *r, const char *name)
{
    struct status own, launchers;

    if (read_status(r->proc, &own) < 0 || read_status(r->launchers_proc, &launchers) < 0)
        return -1;
    if (own.no_new_privs == 1 && own.filters >= launchers.filters + SYSCALLS_FILTERS)
        return 0;
    errno = EPERM;
    report_errno("process %d does not have the filters of step05", r->pid);
    report_hint("exec enters containers of step05, once they have begun; for those of step03 and "
                "step04: build/join %s",
                name);
    return -1;
}

/* The launcher must be the caller's: what it holds is believed. */
static int check_launcher(const struct running *r)
{
    struct stat status;

    if (fstat(r->launchers_proc, &status) < 0)
        return report_errno("look at process %d", r->launcher);
    if (status.st_uid == geteuid())
        return 0;
    errno = EPERM;
    return report_errno("the launcher of the container, process %d, is user %u's", r->launcher,
                        status.st_uid);
}

int running_find(struct running *r, const char *parent, const char *name)
{
    r->handle = pidfile_open(parent, name, &r->pid);
    if (r->handle < 0)
        return -1;
    r->proc = open_proc(r->pid);
    if (r->proc < 0)
        return -1;
    r->launcher = read_parent(r->proc);
    if (r->launcher < 0)
        return -1;
    r->launchers_proc = open_proc(r->launcher);
    if (r->launchers_proc < 0 || check_guards(r, name) < 0 || check_launcher(r) < 0)
        return -1;
    return running_check(r);
}

int running_check(const struct running *r)
{
    struct pollfd end = {.fd = r->handle, .events = POLLIN};

    if (poll(&end, 1, 0) < 0)
        return report_errno("poll process %d", r->pid);
    if (end.revents == 0 && read_parent(r->proc) == r->launcher)
        return 0;
    errno = ESRCH;
    return report_errno("the container has ended");
}

/* The first line of a map is "0 OUTSIDE COUNT", see user_namespaces(7) and subids_write(). */
static int read_root(const struct running *r, const char *map, struct subids_range *range)
{
    char text[512];

    if (read_below(r->proc, map, text, sizeof(text)) < 0)
        return -1;
    if (sscanf(text, "%u %u", &range->inside, &range->outside) == 2 && range->inside == 0)
        return 0;
    errno = EINVAL;
    return report_errno("read %s of process %d", map, r->pid);
}

int running_read_root(const struct running *r, struct subids *ids)
{
    if (read_root(r, "uid_map", &ids->uids[0]) < 0)
        return -1;
    return read_root(r, "gid_map", &ids->gids[0]);
}

/* Where setgroups(2) is denied, process 1 has kept its caller's groups. */
static int read_groups(const struct running *r, struct subids *ids)
{
    char text[16];

    if (read_below(r->proc, "setgroups", text, sizeof(text)) < 0)
        return -1;
    ids->privileged = strncmp(text, "allow", strlen("allow")) == 0;
    return 0;
}

int running_read_rights(const struct running *r, struct rights *rights)
{
    struct status status;
    struct user *user = &rights->user;

    if (read_status(r->proc, &status) < 0)
        return -1;
    user->uid = status.uid;
    user->gid = status.gid;
    user->chosen = user->uid != 0 || user->gid != 0;
    user->group_chosen = true;
    rights->capabilities = (struct capabilities){.added = status.bounding, .dropped = UINT64_MAX};
    return read_groups(r, &rights->ids);
}
