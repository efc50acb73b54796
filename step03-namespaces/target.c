#include "target.h"

#include "name.h"
#include "pidfile.h"
#include "status.h"

#include "file.h"
#include "privilege.h"
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Returns 0 for a text that is no number of a process. */
static pid_t parse_pid(const char *text)
{
    char *end;
    long pid = strtol(text, &end, 10);

    return isdigit((unsigned char)*text) && !*end && pid <= INT_MAX ? (pid_t)pid : 0;
}

static int open_by_number(pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);

    return fd < 0 ? report_errno("pidfd_open of process %d", pid) : fd;
}

static int open_process(struct target *t, const char *scratch, const char *container)
{
    char name[NAME_SIZE];
    pid_t pid = parse_pid(container);

    report_mute(pid > 0); /* it may be a name, too, and mostly is not */
    int fd = name_parse(container, name) < 0 ? -1 : pidfile_open(scratch, name, &t->pid);
    report_mute(false);
    t->named = fd >= 0;
    if (fd >= 0 || pid == 0)
        return fd;
    /* It is the name of a container that does not run. The process of that number is another. */
    if (errno == ESRCH || errno == EINVAL)
        return report_errno("open the container %s", container);
    bool is_anothers = errno == EPERM || errno == EACCES;
    t->pid = pid;
    fd = open_by_number(pid);
    if (fd < 0 && is_anothers)
        report_hint("the container of the name %s is another user's: only that user can tell "
                    "which process it is",
                    container);
    return fd;
}

/* A process that has ended may be in the table until its parent has waited for it. */
static bool has_ended(int process)
{
    struct pollfd entry = {.fd = process, .events = POLLIN};

    return poll(&entry, 1, 0) != 0;
}

/* If the process still runs afterwards, then the folder was its own, and not one of a successor. */
static int open_folder(struct target *t)
{
    char path[32];

    snprintf(path, sizeof(path), "/proc/%d", t->pid);
    t->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (t->proc < 0)
        return report_errno("open %s", path);
    if (!has_ended(t->process))
        return 0;
    file_close(&t->proc);
    errno = ESRCH;
    return report_errno("process %d has ended", t->pid);
}

/*
 * Until it becomes the command, process 1 runs the file of its parent, the launcher. What cannot be
 * seen of a container that has a name counts as that: after a change of ids nobody may look at it
 * until it calls exec(2).
 */
static bool is_command(const struct target *t, const char *parent)
{
    char path[32];
    struct stat own, parents;

    snprintf(path, sizeof(path), "%s/exe", parent);
    if (fstatat(t->proc, "exe", &own, 0) < 0 || stat(path, &parents) < 0)
        return !t->named;
    return !file_is_same(&own, &parents);
}

/* Only exec(2) gives it other words than its parent's. In busybox, many commands are one file. */
static bool has_own_words(const struct target *t, const char *parent)
{
    char path[32], own[256], parents[256];

    snprintf(path, sizeof(path), "%s/cmdline", parent);
    return file_read_at(t->proc, "cmdline", own, sizeof(own)) == 0 &&
           file_read(path, parents, sizeof(parents)) == 0 && strcmp(own, parents) != 0;
}

int target_check_begun(const struct target *t)
{
    char parent[24];
    struct status status;

    if (status_read(t->proc, &status) < 0)
        return report_errno("read /proc/%d/status", t->pid);
    snprintf(parent, sizeof(parent), "/proc/%d", status.parent);
    if (is_command(t, parent))
        return 0;
    /* By a number we may have come to a process that is not of our programs. */
    if (!t->named && (!status.is_process_1 || has_own_words(t, parent)))
        return 0;
    errno = EAGAIN;
    report_errno("process %d has not begun its command", t->pid);
    if (!privilege_hint(CAP_SYS_PTRACE))
        report_hint(
            "the container is just being made (try again in a moment), or its command lets nobody "
            "look at it%s",
            t->named ? "" : ", or its process 1 is no command: take another of its processes");
    return -1;
}

int target_find(struct target *t, const char *scratch, const char *container)
{
    t->process = open_process(t, scratch, container);
    if (t->process < 0)
        return -1;
    if (open_folder(t) == 0)
        return 0;
    file_close(&t->process);
    return -1;
}
