#include "pidfile.h"

#include "file.h"
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TEXT_SIZE = 64 };

struct process {
    unsigned long long pid, start;
};

/* The second field is the program's name in brackets. That name may have brackets and spaces. */
static int read_start(pid_t pid, unsigned long long *start)
{
    char path[64], text[1024];

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    if (file_read(path, text, sizeof(text)) < 0)
        return -1;
    const char *name_end = strrchr(text, ')');
    if (name_end && sscanf(name_end,
                           ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                           "%*d %*d %llu",
                           start) == 1)
        return 0;
    errno = EINVAL;
    return -1;
}

int pidfile_write(const struct scratch *s, pid_t pid)
{
    unsigned long long start;

    if (read_start(pid, &start) < 0)
        return report_errno("read when process %d started", pid);
    cleanup_fd int fd =
        openat(s->fd, "pid", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || dprintf(fd, "%d %llu\n", pid, start) < 0)
        return report_errno("write %s/pid", s->dir);
    return 0;
}

int pidfile_remove(const struct scratch *s)
{
    if (*s->dir && unlinkat(s->fd, "pid", 0) < 0 && errno != ENOENT)
        return report_errno("remove %s/pid", s->dir);
    return 0;
}

static void hint_unread(void)
{
    if (errno == ENOENT)
        report_hint("no container of that name runs here; --scratch DIR looks elsewhere");
    else if (errno == EPERM || errno == EACCES)
        report_hint(
            "it is another user's, who alone can tell which process it is: sudo -u USER ...");
}

/* What another user made, or can write to, could send the caller to any process. */
static bool is_our_file(int fd)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return false;
    errno = S_ISREG(status.st_mode) ? EPERM : EINVAL;
    return S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* O_NONBLOCK: a FIFO would make us wait until somebody writes to it. */
static int read_text(const char *dir, char *text, size_t size)
{
    cleanup_fd int folder = scratch_open_running(dir);
    cleanup_fd int fd =
        folder < 0 ? -1 : openat(folder, "pid", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t length = fd < 0 || !is_our_file(fd) ? -1 : read(fd, text, size - 1);

    if (length < 0)
        return -1;
    text[length] = '\0';
    errno = EINVAL; /* for a text that has a NUL in it */
    return strlen(text) == (size_t)length ? 0 : -1;
}

/* Takes a number and the character after it. strtoull(3) alone would also take "-1" and " 1". */
static bool take_number(char **text, unsigned long long *number, char end)
{
    if (!isdigit((unsigned char)**text))
        return false;
    errno = 0;
    *number = strtoull(*text, text, 10);
    return errno == 0 && *(*text)++ == end;
}

static bool parse(char *text, struct process *p)
{
    return take_number(&text, &p->pid, ' ') && take_number(&text, &p->start, '\n') && !*text &&
           p->pid > 0 && p->pid <= INT_MAX;
}

/*
 * Looks at the time after it has the pidfd. If the right process has that number now, then it also
 * had it before.
 */
static int open_process(const struct process *p)
{
    unsigned long long start;
    int fd = (int)syscall(SYS_pidfd_open, (pid_t)p->pid, 0);

    if (fd >= 0 && read_start((pid_t)p->pid, &start) == 0) {
        if (start == p->start)
            return fd;
        errno = ESRCH;
    } else if (errno == ENOENT) {
        errno = ESRCH; /* it has ended since, and has no folder in /proc any more */
    }
    file_close(&fd);
    return -1;
}

int pidfile_open(const char *parent, const char *name, pid_t *pid)
{
    char dir[PATH_MAX], text[TEXT_SIZE];
    struct process p;

    if (file_join(dir, sizeof(dir), file_scratch(parent), name) < 0)
        return -1;
    if (read_text(dir, text, sizeof(text)) < 0) {
        report_errno("read %s/pid", dir);
        hint_unread();
        return -1;
    }
    if (!parse(text, &p)) {
        errno = EINVAL;
        return report_errno("find a pid and its start in %s/pid", dir);
    }
    *pid = (pid_t)p.pid;
    int fd = open_process(&p);
    if (fd < 0) {
        report_errno("open process %d, which started at %llu", *pid, p.start);
        if (errno == ESRCH)
            report_hint(
                "the container's process has ended, and the number may be another's by now");
    }
    return fd;
}
