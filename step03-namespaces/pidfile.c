#include "pidfile.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int pidfile_write(const struct scratch *s, pid_t pid)
{
    cleanup_fd int fd =
        openat(s->fd, "pid", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0 || dprintf(fd, "%d\n", pid) < 0)
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
    else if (errno == EPERM)
        report_hint("it is another user's: only that user can tell which process it is");
}

/* Whoever can write to the folder could send the caller to any process. So it must be ours. */
static int read_text(const char *dir, char *text, size_t size)
{
    cleanup_fd int folder = scratch_open_running(dir);
    cleanup_fd int fd = folder < 0 ? -1 : openat(folder, "pid", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

    if (length < 0)
        return -1;
    text[length] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return 0;
}

pid_t pidfile_read(const char *parent, const char *name)
{
    char dir[PATH_MAX], text[32], *end;

    if (file_join(dir, sizeof(dir), file_scratch(parent), name) < 0)
        return -1;
    if (read_text(dir, text, sizeof(text)) < 0) {
        report_errno("read %s/pid", dir);
        hint_unread();
        return -1;
    }
    long pid = strtol(text, &end, 10);
    if (pid > 0 && pid <= INT_MAX && !*end)
        return (pid_t)pid;
    errno = EINVAL;
    return report_errno("find a pid in %s/pid", dir);
}
