#include "scratch.h"

#include "file.h"
#include "name.h"
#include "privilege.h"
#include "record.h"
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PRIVATE_SIZE = NAME_SIZE + sizeof(SCRATCH_MARK) };

/* Whether `name` in the folder `place` is the folder `fd`, and no link to it. */
static bool is_at(int place, const char *name, int fd)
{
    struct stat named, held;

    if (fstatat(place, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &held) == 0 &&
        file_is_same(&named, &held))
        return true;
    errno = ESTALE;
    return false;
}

/* Nothing in a folder can be trusted that others can write. */
static bool is_ours_alone(int fd)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
        (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return true;
    errno = EPERM;
    return false;
}

int scratch_hold(struct scratch *s, int place, const char *name)
{
    int fd = openat(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    /* The place comes last. Before we had the lock, another program could remove the folder. */
    if (fd >= 0 && is_ours_alone(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        is_at(place, name, fd)) {
        s->fd = fd;
        return 0;
    }
    file_close(&fd);
    return -1;
}

int scratch_open_running(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (is_ours_alone(fd)) {
        if (flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK)
            return fd; /* somebody has the lock: the container runs */
        errno = ENOENT;
    }
    file_close(&fd);
    return -1;
}

bool scratch_is_marked(struct scratch *s)
{
    char byte;
    struct stat status;
    cleanup_fd int mark =
        openat(s->fd, SCRATCH_MARK, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (mark < 0 || fstat(mark, &status) < 0 || !S_ISREG(status.st_mode))
        return false;
    s->keep = read(mark, &byte, 1) == 1;
    return true;
}

/* Keeps errno, which tells why the mark has to go. */
static void undo_mark(const struct scratch *s)
{
    int error = errno;

    unlinkat(s->fd, SCRATCH_MARK, 0);
    errno = error;
}

/* The mark is an empty file. It has a text if the layer is to be kept. */
static int put_mark(const struct scratch *s)
{
    cleanup_fd int mark =
        openat(s->fd, SCRATCH_MARK, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (mark < 0)
        return -1;
    if (!s->keep || write(mark, "keep\n", 5) == 5)
        return 0;
    undo_mark(s);
    return -1;
}

static DIR *open_folder(int place, const char *name)
{
    int fd = openat(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir)
        file_close(&fd);
    return dir;
}

/* The owner of the folder above can put a full folder in the place of our new one. */
static bool is_empty(int fd)
{
    DIR *dir = open_folder(fd, ".");
    int count = 0;

    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    errno = ENOTEMPTY;
    return count == 2; /* . and .. */
}

static int choose_private_name(char *private)
{
    char random[NAME_SIZE] = "";

    if (name_choose(random) < 0)
        return -1;
    snprintf(private, PRIVATE_SIZE, "%s-%s", SCRATCH_MARK, random);
    return 0;
}

/* Removes an empty folder after a failure. Keeps errno, which tells of that failure. */
static void discard(int place, const char *name)
{
    int error = errno;

    unlinkat(place, name, AT_REMOVEDIR);
    errno = error;
}

/* Another program's sweep may find the new folder before it has its lock: then makes another. */
static int make_private(struct scratch *s, int place, char *private)
{
    enum { TRIES = 100 };

    for (int i = 0; i < TRIES; i++) {
        if (choose_private_name(private) < 0 || file_make_folder(place, private, 0700) < 0)
            return -1;
        if (scratch_hold(s, place, private) == 0)
            return 0;
        discard(place, private);
        if (errno != EWOULDBLOCK && errno != ENOENT && errno != ESTALE)
            return -1;
    }
    return -1;
}

/*
 * Gives the new folder its name, if nothing has it yet. Some network file systems lack this kind of
 * rename. There we make an empty folder, as only one can, and the new one replaces it.
 */
static int take_name(int place, const char *private, const char *name)
{
    if (renameat2(place, private, place, name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL || mkdirat(place, name, 0700) < 0)
        return -1;
    if (renameat(place, private, place, name) == 0)
        return 0;
    discard(place, name);
    return -1;
}

static int make_in(struct scratch *s, int place, const char *name)
{
    char private[PRIVATE_SIZE];

    if (make_private(s, place, private) < 0)
        return -1;
    bool marked = is_empty(s->fd) && put_mark(s) == 0;
    if (marked && take_name(place, private, name) == 0)
        return 0;
    if (marked) /* else a mark may be that of another folder, which was put in the place of ours */
        undo_mark(s);
    discard(place, private);
    file_close(&s->fd);
    return -1;
}

/* Says who has the name. Keeps errno. */
static void hint_in_use(int place, const char *name, const char *path)
{
    int error = errno;
    struct scratch other = {.keep = false};
    bool held = scratch_hold(&other, place, name) == 0;

    if (!held && errno == EWOULDBLOCK)
        report_hint("the name is in use: a container of that name runs; choose another --name");
    else if (held && scratch_is_marked(&other))
        report_hint("a container of that name was killed, and not all that it left can be removed; "
                    "choose another --name");
    else
        report_hint("%s is no container's, or another user's, or was kept: choose another --name, "
                    "or another folder by --scratch DIR",
                    path);
    if (held)
        close(other.fd);
    errno = error;
}

/* Root's container can make files of any owner. Their removal takes these two, see unlink(2). */
static int check_capabilities(void)
{
    static const int needed[] = {CAP_DAC_OVERRIDE, CAP_FOWNER};

    return privilege_need(needed, sizeof(needed) / sizeof(*needed),
                          "to remove what the container will make");
}

int scratch_make(struct scratch *s, const char *parent, const char *name)
{
    char where[PATH_MAX], path[PATH_MAX];

    if (check_capabilities() < 0)
        return -1;
    if (!realpath(file_scratch(parent), where))
        return report_errno("find the scratch directory %s", file_scratch(parent));
    if (file_join(path, sizeof(path), where, name) < 0)
        return -1;

    explain("mkdir", "-m", "700", path, NULL);
    cleanup_fd int place = open(where, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0 || make_in(s, place, name) < 0) {
        report_errno("mkdir %s", path);
        if (errno == EEXIST)
            hint_in_use(place, name, path);
        else
            report_hint("--scratch DIR puts the container's files elsewhere");
        return -1;
    }
    strcpy(s->dir, path);
    return 0;
}

int scratch_enter(const struct scratch *s)
{
    if (chdir(s->dir) < 0)
        return report_errno("chdir to %s", s->dir);
    if (is_at(AT_FDCWD, ".", s->fd))
        return 0;
    return report_errno("%s is not the container's folder any more", s->dir);
}

void scratch_close(struct scratch *s)
{
    if (*s->dir)
        close(s->fd);
    *s->dir = '\0';
}

/*
 * The folder may have been moved, so we find its parent by "..". It gets a private name before it
 * loses its mark. If we are killed in between, the next run still knows it by that name.
 */
static int remove_folder(const struct scratch *s)
{
    const char *name = strrchr(s->dir, '/') + 1;
    char private[PRIVATE_SIZE];
    cleanup_fd int place = openat(s->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (place < 0)
        return report_errno("find the folder above %s", s->dir);
    if (!is_at(place, name, s->fd))
        return report_errno("remove %s: the folder was moved away", s->dir);
    if (choose_private_name(private) < 0 || renameat(place, name, place, private) < 0)
        return report_errno("remove %s", s->dir);
    if ((unlinkat(s->fd, SCRATCH_MARK, 0) < 0 && errno != ENOENT) ||
        unlinkat(place, private, AT_REMOVEDIR) < 0)
        return report_errno("remove %.*s%s", (int)(name - s->dir), s->dir, private);
    return 0;
}

static int leave_upper(const struct scratch *s)
{
    report_note("kept %s/upper", s->dir);
    return unlinkat(s->fd, SCRATCH_MARK, 0) < 0 ? report_errno("remove %s/" SCRATCH_MARK, s->dir)
                                                : 0;
}

/* In work there is a folder that nobody may enter, and root of the host enters it all the same. */
static void explain_removal(const struct scratch *s)
{
    if (geteuid() != 0)
        explain("chmod", "-R", "u+rwx", s->dir, NULL);
    explain("rm", "-r", s->dir, NULL);
}

int scratch_remove(struct scratch *s)
{
    static const char *const mark[] = {SCRATCH_MARK, NULL};
    static const char *const mark_and_upper[] = {SCRATCH_MARK, "upper", NULL};

    if (!*s->dir)
        return 0;
    if (record_settle(s->fd, s->dir) < 0)
        return -1;
    if (s->keep)
        explain_comment("remove all but upper in %s", s->dir);
    else
        explain_removal(s);
    if (file_empty(s->fd, s->dir, s->keep ? mark_and_upper : mark) < 0)
        return -1;
    if ((s->keep ? leave_upper(s) : remove_folder(s)) < 0)
        return -1;
    scratch_close(s);
    return 0;
}
