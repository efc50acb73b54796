#include "mount_fd.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* We use syscall(2), since the C library of Ubuntu 22.04 has no functions for these calls yet. */

static int set_options(int context, const char *options)
{
    char copy[256], *rest = copy, *option;

    strncpy(copy, options, sizeof(copy) - 1);
    copy[sizeof(copy) - 1] = '\0';
    while ((option = strsep(&rest, ","))) {
        char *value = strchr(option, '=');
        unsigned command = value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;

        if (value)
            *value++ = '\0';
        if (syscall(SYS_fsconfig, context, command, option, value, 0) < 0)
            return -1;
    }
    return 0;
}

int mount_fd_new(const char *type, const char *options, unsigned attributes)
{
    cleanup_fd int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    int mount = -1;

    if (context >= 0 &&
        syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "source", type, 0) == 0 &&
        (!options || set_options(context, options) == 0) &&
        syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
    if (mount < 0)
        report_errno("make a mount of %s%s%s", type, options ? " with " : "",
                     options ? options : "");
    return mount;
}

static int add_attributes(int dir, const char *path, unsigned flags, unsigned attributes)
{
    struct mount_attr attr = {.attr_set = attributes};

    return (int)syscall(SYS_mount_setattr, dir, path, flags, &attr, sizeof(attr));
}

int mount_fd_copy(const char *path, unsigned attributes)
{
    int mount = (int)syscall(SYS_open_tree, AT_FDCWD, path,
                             OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

    if (mount < 0)
        return report_errno("copy the mount at %s", path);
    if (add_attributes(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, attributes) == 0)
        return mount;
    report_errno("restrict the copy of the mount at %s", path);
    file_close(&mount);
    return -1;
}

int mount_fd_attach_at(int mount, int place, const char *target)
{
    cleanup_fd int attached = mount;
    cleanup_fd int held = place;

    if (syscall(SYS_move_mount, attached, "", held, "",
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return report_errno("mount on %s", target);
    return 0;
}

int mount_fd_attach(int mount, const char *target)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
    int place = file_open_within(AT_FDCWD, target, &how);

    if (place >= 0)
        return mount_fd_attach_at(mount, place, target);
    report_errno("open %s to mount on", target);
    file_close(&mount);
    return -1;
}

int mount_fd_restrict(const char *path, unsigned attributes)
{
    if (add_attributes(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, attributes) < 0)
        return report_errno("restrict the mount at %s", path);
    return 0;
}

int mount_fd_cover_folder(const char *path)
{
    explain("mount", "-t", "tmpfs", "-o", "ro,nr_inodes=1,mode=555", "tmpfs", path, NULL);
    int mount =
        mount_fd_new("tmpfs", "nr_inodes=1,mode=555",
                     MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    return mount < 0 ? -1 : mount_fd_attach(mount, path);
}
