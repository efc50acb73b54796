#include "running.h"

#include "file.h"
#include "pidfile.h"
#include "report.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATUS_SIZE = 8192 };

static int read_below(int proc, const char *name, char *text, size_t size)
{
    return file_read_at(proc, name, text, size) < 0
               ? report_errno("read /proc/PID/%s of the container's process 1", name)
               : 0;
}

/* The rest of the line that begins with `key`, or "". */
static const char *field(const char *status, const char *key)
{
    const char *line = strstr(status, key);

    return line && line > status && line[-1] == '\n' ? line + strlen(key) : "";
}

static pid_t read_parent(int proc)
{
    char status[STATUS_SIZE];
    int parent = 0;

    if (read_below(proc, "status", status, sizeof(status)) < 0)
        return -1;
    if (sscanf(field(status, "PPid:"), "%d", &parent) == 1 && parent > 0)
        return parent;
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

/* How many filters of system calls a process has, or -1 after a report. */
static int count_filters(int proc, int *no_new_privs)
{
    char status[STATUS_SIZE];
    int filters = 0;

    if (read_below(proc, "status", status, sizeof(status)) < 0)
        return -1;
    sscanf(field(status, "NoNewPrivs:"), "%d", no_new_privs);
    sscanf(field(status, "Seccomp_filters:"), "%d", &filters);
    return filters;
}

/*
 * The machine may give both to all of its processes. But only step05 adds its filters to those of
 * its launcher, and it does so last: with them, all the other guards hold, too.
 */
static int check_guards(const struct running *r, const char *name)
{
    int no_new_privs = 0, launchers_no_new_privs = 0;
    int filters = count_filters(r->proc, &no_new_privs);
    int launchers = count_filters(r->launchers_proc, &launchers_no_new_privs);

    if (filters < 0 || launchers < 0)
        return -1;
    if (no_new_privs == 1 && filters >= launchers + SYSCALLS_FILTERS)
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
    char status[STATUS_SIZE];
    unsigned long long bounding;
    struct user *user = &rights->user;

    if (read_below(r->proc, "status", status, sizeof(status)) < 0)
        return -1;
    if (sscanf(field(status, "CapBnd:"), "%llx", &bounding) != 1 ||
        sscanf(field(status, "Uid:"), "%u", &user->uid) != 1 ||
        sscanf(field(status, "Gid:"), "%u", &user->gid) != 1) {
        errno = EINVAL;
        return report_errno("read the status of process %d", r->pid);
    }
    user->chosen = user->uid != 0 || user->gid != 0;
    user->group_chosen = true;
    rights->capabilities = (struct capabilities){.added = bounding, .dropped = UINT64_MAX};
    return read_groups(r, &rights->ids);
}
