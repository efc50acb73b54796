#include "file.h"

#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

void file_close(const int *fd)
{
    int error = errno;

    if (*fd >= 0)
        close(*fd);
    errno = error;
}

bool file_is_folder(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

bool file_is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

int file_check_device(int fd, const char *path, unsigned major, unsigned minor)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return report_errno("fstat %s", path);
    if (S_ISCHR(status.st_mode) && status.st_rdev == makedev(major, minor))
        return 0;
    errno = ENODEV;
    report_errno("%s is not the device %u:%u", path, major, minor);
    file_hint_device(path, major, minor);
    return -1;
}

void file_hint_device(const char *path, unsigned major, unsigned minor)
{
    report_hint("if something is mounted there: sudo umount %s; or else make it again: sudo rm -f "
                "%s; sudo mknod -m 666 %s c %u %u",
                path, path, path, major, minor);
}

static int check_null(void)
{
    cleanup_fd int null = open("/dev/null", O_PATH | O_CLOEXEC);

    if (null >= 0)
        return file_check_device(null, "/dev/null", 1, 3);
    report_errno("open /dev/null");
    if (errno == ENOENT)
        file_hint_device("/dev/null", 1, 3);
    return -1;
}

int file_open_null(int flags)
{
    if (check_null() < 0)
        return -1;
    int null = open("/dev/null", flags);
    return null < 0 ? report_errno("open /dev/null") : null;
}

int file_open_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        if (errno != EBADF)
            return report_errno("look at descriptor %d", fd);
        if (file_open_null(O_RDWR) != fd)
            return -1;
    }
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

    if (fd < 0)
        return -1;
    errno = EIO; /* for a write that takes only a part */
    return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

FILE *file_open_stream(int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");

    if (!stream)
        file_close(&fd);
    return stream;
}

int file_read(const char *path, char *text, size_t size)
{
    return file_read_at(AT_FDCWD, path, text, size);
}

int file_read_at(int dir, const char *name, char *text, size_t size)
{
    cleanup_fd int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t part = fd < 0 ? -1 : 1;

    while (part > 0 && length < size - 1) { /* of a long file in /proc, each read gives a part */
        part = read(fd, text + length, size - 1 - length);
        length += part > 0 ? (size_t)part : 0;
    }
    if (part < 0)
        return -1;
    if (length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    return 0;
}

int file_make_folder(int dir, const char *name, mode_t mode)
{
    mode_t callers = umask(0);
    int result = mkdirat(dir, name, mode);

    umask(callers);
    return result;
}

/* Returns NULL at the end of the folder, with errno 0, and also after an error. */
static const char *next_entry(DIR *dir)
{
    struct dirent *entry;

    do {
        errno = 0;
        entry = readdir(dir);
    } while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    return entry ? entry->d_name : NULL;
}

static void close_folder(DIR *dir)
{
    int error = errno;

    closedir(dir);
    errno = error;
}

/* Removes a file or an empty directory. With a full directory it fails: ENOTEMPTY. */
static int remove_entry(int dir, const char *name)
{
    if (unlinkat(dir, name, 0) == 0)
        return 0;
    return errno == EISDIR ? unlinkat(dir, name, AT_REMOVEDIR) : -1;
}

int file_open_within(int dir, const char *path, const struct open_how *how)
{
    enum { TRIES = 100 };
    int fd = -1;

    errno = EAGAIN;
    for (int i = 0; i < TRIES && fd < 0 && errno == EAGAIN; i++)
        fd = (int)syscall(SYS_openat2, dir, path, how, sizeof(*how));
    return fd;
}

/* What is mounted is not ours to remove: on a mount point this fails with EXDEV. */
static DIR *open_below(int dir, const char *name)
{
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                           .resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH};
    int fd = file_open_within(dir, name, &how);
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
    if (fchmodat(dir, name, S_IRWXU, AT_SYMLINK_NOFOLLOW) < 0)
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

static int report_entry(const char *path, const char *folder, const char *name)
{
    report_errno("remove %s/%s%s%s", path, folder, *folder ? "/" : "", name);
    if (errno == EBUSY || errno == EXDEV)
        report_hint("something is mounted there, and nothing is removed through a mount");
    return -1;
}

/* Removes the full directory `name` of `top`. Full ones in it move up into `top`, for later. */
static int remove_directory(int top, const char *name, const char *path)
{
    const char *entry;

    make_writable(top, name);
    DIR *dir = open_below(top, name);
    if (!dir)
        return report_entry(path, "", name);
    while ((entry = next_entry(dir))) {
        if (remove_entry(dirfd(dir), entry) == 0 ||
            (errno == ENOTEMPTY && move_up(dirfd(dir), entry, top) == 0))
            continue;
        report_entry(path, name, entry);
        close_folder(dir);
        return -1;
    }
    close_folder(dir);
    return errno == 0 && unlinkat(top, name, AT_REMOVEDIR) == 0 ? 0 : report_entry(path, "", name);
}

static bool is_in(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Goes once through the folder. Returns how many entries there were, or -1 after a report. */
static int empty_once(int top, const char *path, const char *const *kept)
{
    const char *entry;
    int found = 0;
    DIR *dir = open_below(top, ".");

    if (!dir)
        return report_errno("read %s", path);
    while (found >= 0 && (entry = next_entry(dir))) {
        if (is_in(kept, entry))
            continue;
        found++;
        if (remove_entry(top, entry) == 0)
            continue;
        if (errno != ENOTEMPTY)
            found = report_entry(path, "", entry);
        else if (remove_directory(top, entry, path) < 0)
            found = -1;
    }
    if (found >= 0 && errno != 0)
        found = report_errno("read %s", path);
    close_folder(dir);
    return found;
}

int file_empty(int dir, const char *path, const char *const *kept)
{
    int found;

    /* One level at a time: a tree may be too deep for a path, the stack or descriptors. */
    while ((found = empty_once(dir, path, kept)) > 0)
        ;
    return found;
}

int file_remove_tree(const char *path)
{
    static const char *const nothing[] = {NULL};

    if (unlink(path) == 0 || rmdir(path) == 0 || errno == ENOENT)
        return 0;

    cleanup_fd int top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (top < 0)
        return report_errno("remove %s", path);
    if (file_empty(top, path, nothing) < 0)
        return -1;
    return rmdir(path) < 0 ? report_errno("remove %s", path) : 0;
}

int file_open_rootfs(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        return fd;
    report_errno("open the root directory %s", path);
    if (errno == ENOENT || errno == ENOTDIR)
        report_hint("ROOTFS is a folder that holds an image; `make rootfs` prepares build/rootfs");
    return -1;
}

int file_check_rootfs(const char *path)
{
    cleanup_fd int fd = file_open_rootfs(path);

    return fd < 0 ? -1 : 0;
}
