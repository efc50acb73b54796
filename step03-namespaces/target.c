#include "target.h"

#include "name.h"
#include "pidfile.h"

#include "file.h"
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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
    if (fd >= 0 || pid == 0)
        return fd;
    t->pid = pid;
    return open_by_number(pid);
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
