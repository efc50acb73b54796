#include "self.h"

#include "descriptors.h"
#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif

/* Only a memfd has seals; for another file fcntl(2) fails with EINVAL. */
static bool is_sealed(int self)
{
    int seals = fcntl(self, F_GET_SEALS);

    return seals >= 0 && (seals & SEALS) == SEALS;
}

/* A file on a mount that is in no tree has the path "/". Any other file has a longer path. */
static bool is_on_mount_of_its_own(int self)
{
    char path[2];
    struct statvfs fs;

    return readlink("/proc/self/exe", path, sizeof(path)) == 1 && fstatvfs(self, &fs) == 0 &&
           fs.f_flag & ST_RDONLY;
}

/*
 * The mount is in no mount namespace, so nobody can make it writable again. Unlike mount_fd_copy(),
 * this reports no failure, since there are other ways.
 */
static int mount_read_only(const char *path)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    int file = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

    if (file < 0 || syscall(SYS_mount_setattr, file, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0)
        return file;
    file_close(&file);
    return -1;
}

/*
 * An ordinary user may mount only in a user namespace. We must not be in one when we make the
 * container, so a child enters it. The child shares our descriptors, and replaces `self` by its
 * mount. It uses the name of our file, since /proc/self/exe leads into our mount namespace, and it
 * may copy nothing from there. The name may belong to another file by now, so it compares the two.
 */
static int replace_by_childs_mount(int self)
{
    struct clone_args args = {.flags = CLONE_FILES | CLONE_NEWUSER | CLONE_NEWNS};
    char path[PATH_MAX] = "";
    int status = 0;

    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (length < 0 || length == sizeof(path) - 1) /* it may be cut */
        return -1;
    pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (child == 0) {
        int file = mount_read_only(path);
        _exit(file < 0 || !descriptors_are_same(file, self) || dup3(file, self, O_CLOEXEC) < 0);
    }
    /* The child has no exit signal, so we can wait for it even if our caller ignores SIGCHLD. */
    return child > 0 && waitpid(child, &status, __WCLONE) == child && status == 0 ? 0 : -1;
}

static int make_memfd(void)
{
    int copy = memfd_create("step05", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

    if (copy < 0 && errno == EINVAL)
        copy = memfd_create("step05", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return copy;
}

static int copy_all(int to, int from)
{
    struct stat status;
    ssize_t copied = 1;

    if (fstat(from, &status) < 0)
        return -1;
    for (off_t done = 0; done < status.st_size && copied > 0; done += copied)
        copied = sendfile(to, from, NULL, (size_t)(status.st_size - done));
    return copied > 0 ? 0 : -1;
}

static int copy_and_seal(int self)
{
    int copy = make_memfd();

    if (copy < 0)
        return report_errno("memfd_create");
    if (copy_all(copy, self) < 0)
        return report_errno("copy this program to memory");
    if (fcntl(copy, F_ADD_SEALS, SEALS) < 0)
        return report_errno("seal the copy of this program");
    return copy;
}

/* Returns a descriptor to start this program from, `self` or a new one, or -1 after a report. */
static int make_read_only(int self)
{
    int file = mount_read_only("/proc/self/exe");

    if (file >= 0)
        return file;
    return replace_by_childs_mount(self) == 0 ? self : copy_and_seal(self);
}

static int start_again(int self, char **argv)
{
    explain_comment("start this program again, from a mount of it that nobody can write to");
    int file = make_read_only(self);
    if (file < 0)
        return -1;
    fexecve(file, argv, environ);
    report_errno("start this program again");
    if (errno == EACCES && is_sealed(file))
        report_hint("the setting vm.memfd_noexec forbids it: sudo sysctl -w vm.memfd_noexec=1");
    return -1;
}

/*
 * PER_LINUX32 may stay: by it a 64-bit kernel names a 32-bit machine in uname(2), and it weakens
 * nothing. The file is read, since systemd's LockPersonality= refuses personality(2) even as a
 * question.
 */
static int leave_personality(void)
{
    char text[16];

    if (file_read("/proc/self/personality", text, sizeof(text)) < 0)
        return report_errno("read /proc/self/personality");
    unsigned long own = strtoul(text, NULL, 16);
    unsigned base = (own & PER_MASK) == PER_LINUX32 ? PER_LINUX32 : PER_LINUX;
    if (own == base)
        return 0;
    explain_comment("leave the personality that the caller chose, as by setarch");
    if (personality(base) == -1)
        return report_errno("leave the caller's personality");
    return 0;
}

int self_seal(char **argv)
{
    cleanup_fd int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (self < 0) {
        report_errno("open /proc/self/exe");
        if (errno == EACCES)
            report_hint("this program reads its own file, so whoever runs it must be able to: "
                        "chmod a+r FILE");
        return -1;
    }
    if (leave_personality() < 0)
        return -1;
    return is_sealed(self) || is_on_mount_of_its_own(self) ? 0 : start_again(self, argv);
}
