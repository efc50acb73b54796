#include "file.h"

#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void file_close(const int *fd)
{
    int error = errno;

    if (*fd >= 0)
        close(*fd);
    errno = error;
}

int file_open_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            return report_errno("open /dev/null as descriptor %d", fd);
    return 0;
}

int file_make_mount_point(const char *path)
{
    struct stat status;

    if (mkdir(path, 0755) == 0) {
        explain("mkdir", path, NULL);
        /* The mode must not depend on the caller's umask. */
        return chmod(path, 0755) < 0 ? report_errno("chmod %s", path) : 0;
    }
    if (errno != EEXIST)
        return report_errno("mkdir %s", path);
    if (lstat(path, &status) < 0)
        return report_errno("look at %s", path);
    if (S_ISDIR(status.st_mode))
        return 0;
    errno = ENOTDIR;
    return report_errno("mount on %s", path);
}

int file_join(char *path, size_t size, const char *dir, const char *name)
{
    int length = snprintf(path, size, "%s/%s", dir, name);

    if (length >= 0 && (size_t)length < size)
        return 0;
    errno = ENAMETOOLONG;
    return report_errno("the path %.60s.../%.60s", dir, name);
}

const char *file_scratch(const char *chosen)
{
    const char *variable = getenv("TMPDIR");

    if (chosen)
        return chosen;
    return variable && *variable ? variable : "/tmp";
}

int file_write(const char *path, const char *text)
{
    cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;
}

int file_read(const char *path, char *text, size_t size)
{
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

    if (length < 0)
        return -1;
    if (length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    return 0;
}

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Removes a file or an empty directory. With a full directory it fails: ENOTEMPTY. */
static int remove_entry(int dir, const char *name)
{
    return unlinkat(dir, name, 0) == 0 ? 0 : unlinkat(dir, name, AT_REMOVEDIR);
}

static DIR *open_below(int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);

    if (!stream)
        file_close(&fd);
    return stream;
}

/*
 * A failure is ignored on purpose: the next call needs the right, so it fails too and is reported.
 * (The compiler warns if a program does not look at the result.)
 */
static void make_writable(int dir, const char *name)
{
    if (fchmodat(dir, name, S_IRWXU, 0) < 0)
        return;
}

/* Moves the full directory `name` from `dir` up into `top`, and gives it an unused name there. */
static int move_up(int dir, const char *name, int top)
{
    static unsigned count;
    char free_name[32];

    /* Only a writable directory can be moved, since the move changes its "..". */
    make_writable(dir, name);
    do {
        snprintf(free_name, sizeof(free_name), ".removing-%u", count++);
        if (renameat(dir, name, top, free_name) == 0)
            return 0;
    } while (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR);
    return -1;
}

/* Removes the full directory `name` of `top`. Full ones in it move up into `top`, for later. */
static int remove_directory(int top, const char *name)
{
    struct dirent *entry;
    int result = 0;

    make_writable(top, name);
    DIR *dir = open_below(top, name);
    if (!dir)
        return -1;
    while (result == 0 && (entry = readdir(dir))) {
        if (is_dot(entry->d_name) || remove_entry(dirfd(dir), entry->d_name) == 0)
            continue;
        result = errno == ENOTEMPTY ? move_up(dirfd(dir), entry->d_name, top) : -1;
    }
    int error = errno;
    closedir(dir);
    errno = error;
    return result == 0 ? unlinkat(top, name, AT_REMOVEDIR) : -1;
}

/* Removes one level at a time: a tree may be too deep for a path, the stack or descriptors. */
static int remove_all(int top)
{
    struct dirent *entry;
    bool found = true;
    int result = 0;

    while (result == 0 && found) {
        DIR *dir = open_below(top, ".");
        if (!dir)
            return -1;
        found = false;
        while (result == 0 && (entry = readdir(dir))) {
            if (is_dot(entry->d_name))
                continue;
            found = true;
            if (remove_entry(top, entry->d_name) < 0)
                result = errno == ENOTEMPTY ? remove_directory(top, entry->d_name) : -1;
        }
        int error = errno;
        closedir(dir);
        errno = error;
    }
    return result;
}

int file_remove_tree(const char *path)
{
    if (unlink(path) == 0 || rmdir(path) == 0 || errno == ENOENT)
        return 0;

    cleanup_fd int top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (top < 0 || remove_all(top) < 0 || rmdir(path) < 0)
        return report_errno("remove %s", path);
    return 0;
}

int file_check_rootfs(const char *path)
{
    cleanup_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        return 0;
    report_errno("open the root directory %s", path);
    if (errno == ENOENT || errno == ENOTDIR)
        report_hint("ROOTFS is a folder that holds an image; `make rootfs` prepares build/rootfs");
    return -1;
}
