#include "scratch.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether `name` in the folder `place` is the folder `fd`, and no link to it. */
static bool is_at(int place, const char *name, int fd)
{
    struct stat named, held;

    return fstatat(place, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &held) == 0 &&
           named.st_dev == held.st_dev && named.st_ino == held.st_ino;
}

/* In another user's folder, that user can put another one in the place of a new folder. */
static int open_new(int place, const char *name)
{
    struct stat status;
    int fd = openat(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
        (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return fd;
    if (fd >= 0)
        errno = EPERM;
    file_close(&fd);
    return -1;
}

int scratch_make(struct scratch *s, const char *parent, const char *name)
{
    char where[PATH_MAX], path[PATH_MAX];

    if (!realpath(file_scratch(parent), where))
        return report_errno("find the scratch directory %s", file_scratch(parent));
    if (file_join(path, sizeof(path), where, name) < 0)
        return -1;

    explain("mkdir", "-m", "700", path, NULL);
    cleanup_fd int place = open(where, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0 || file_make_folder(place, name, 0700) < 0) {
        report_errno("mkdir %s", path);
        if (errno == EEXIST)
            report_hint("the name is in use, or a container of that name was killed: rm -r %s",
                        path);
        else
            report_hint("--scratch DIR puts the container's files elsewhere");
        return -1;
    }
    s->fd = open_new(place, name);
    if (s->fd < 0)
        return report_errno("open the new folder %s", path);
    strcpy(s->dir, path);
    return 0;
}

int scratch_enter(const struct scratch *s)
{
    if (chdir(s->dir) < 0)
        return report_errno("chdir to %s", s->dir);
    if (is_at(AT_FDCWD, ".", s->fd))
        return 0;
    errno = ESTALE;
    return report_errno("%s is not the container's folder any more", s->dir);
}

void scratch_close(struct scratch *s)
{
    if (*s->dir)
        close(s->fd);
    *s->dir = '\0';
}

/* Where the folder is now is its "..", also if it was moved. */
static int remove_folder(const struct scratch *s)
{
    const char *name = strrchr(s->dir, '/') + 1;
    cleanup_fd int place = openat(s->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (place < 0)
        return report_errno("find the folder above %s", s->dir);
    if (!is_at(place, name, s->fd)) {
        errno = ESTALE;
        return report_errno("remove %s: the folder was moved away", s->dir);
    }
    return unlinkat(place, name, AT_REMOVEDIR) < 0 ? report_errno("remove %s", s->dir) : 0;
}

int scratch_remove(struct scratch *s)
{
    static const char *const nothing[] = {NULL}, *const upper[] = {"upper", NULL};
    int result;

    if (!*s->dir)
        return 0;
    if (s->keep) {
        result = file_empty(s->fd, s->dir, upper);
        if (result == 0)
            report_note("kept %s/upper", s->dir);
    } else {
        explain("rm", "-r", s->dir, NULL);
        result = file_empty(s->fd, s->dir, nothing) < 0 ? -1 : remove_folder(s);
    }
    scratch_close(s);
    return result;
}
