#include "membership.h"

#include "descriptors.h"
#include "file.h"
#include "hierarchy.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In v2 the controllers have one cgroup together. */
static bool is_open_already(const struct membership *m, int fd)
{
    for (int i = 0; i < m->count; i++)
        if (descriptors_are_same(m->procs[i], fd))
            return true;
    return false;
}

static int open_procs(struct membership *m, const char *cgroup)
{
    char path[PATH_MAX];

    if (file_join(path, sizeof(path), cgroup, "cgroup.procs") < 0)
        return -1;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return report_errno("open %s", path);
    if (is_open_already(m, fd))
        close(fd);
    else
        m->procs[m->count++] = fd;
    return 0;
}

int membership_open(struct membership *m, pid_t pid, pid_t launcher)
{
    static const char *const controllers[] = {"memory", "cpu", "pids"};
    static char all[2][8192];
    char proc[2][32];
    struct hierarchy h;

    for (int i = 0; i < 2; i++) {
        pid_t process = i == 0 ? pid : launcher;
        char path[64];

        snprintf(proc[i], sizeof(proc[i]), "/proc/%d", process);
        snprintf(path, sizeof(path), "/proc/%d/cgroup", process);
        if (file_read(path, all[i], sizeof(all[i])) < 0)
            return report_errno("read %s", path);
    }
    if (strcmp(all[0], all[1]) == 0)
        return 0;
    for (size_t i = 0; i < sizeof(controllers) / sizeof(*controllers); i++)
        if (hierarchy_find_of(&h, controllers[i], "/proc/self", proc[0]) < 0 ||
            hierarchy_verify(&h) < 0 || open_procs(m, h.own) < 0)
            return -1;
    return 0;
}

static int refuse(const char *name)
{
    report_errno("move into the cgroup of the container");
    if (errno == EACCES || errno == EPERM || errno == ENOENT)
        report_hint("a user may move a process only between cgroups that are delegated to the "
                    "user: systemd-run --user --scope -p Delegate=yes build/exec %s",
                    name);
    return -1;
}

int membership_take(const struct membership *m, const char *name)
{
    if (m->count > 0)
        explain_comment("move into the cgroup of the container's process 1");
    for (int i = 0; i < m->count; i++)
        if (write(m->procs[i], "0", 1) != 1) /* 0 is the writer itself */
            return refuse(name);
    return 0;
}
