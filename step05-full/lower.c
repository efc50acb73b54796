#include "lower.h"

#include "image.h"
#include "subids.h"

#include "file.h"
#include "gate.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

static int open_namespace(pid_t pid, const char *name)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? report_errno("open %s", path) : fd;
}

/* What mount_setattr(2) answers where the file system or the kernel has no such mounts. */
static bool means_cannot(int error)
{
    return error == EINVAL || error == EPERM || error == ENOSYS || error == EOPNOTSUPP;
}

/* Before Linux 5.19, overlay refuses such a layer. It says so late: when it is mounted. */
static bool overlay_takes_it(void)
{
    struct utsname name;
    int major = 0, minor = 0;

    if (uname(&name) < 0)
        return false;
    errno = EINVAL; /* so says mount(2) */
    return sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
           (major > 5 || (major == 5 && minor >= 19));
}

static int restrict_mount(int mount, unsigned attributes, int users)
{
    struct mount_attr attr = {.attr_set = attributes, .userns_fd = (unsigned)users};

    return (int)syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH, &attr, sizeof(attr));
}

static void note_plain(int image, const char *path)
{
    struct statfs fs;
    bool on_overlay = fstatfs(image, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;

    report_note("%s cannot be mounted with other ids, so its files belong to nobody inside%s", path,
                on_overlay ? ", and cannot be changed: it is on an overlay, and a copy on a disk, "
                             "by cp -a, would be better"
                           : "");
}

int lower_open(int image, const char *path, pid_t child, bool *mapped)
{
    cleanup_fd int users = open_namespace(child, "user");

    *mapped = false;
    if (users < 0)
        return -1;
    /* By the descriptor: the path may lead to another folder by now, and root may read them all. */
    int mount =
        (int)syscall(SYS_open_tree, image, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    if (mount < 0)
        return report_errno("copy the mount at %s", path);
    *mapped = overlay_takes_it() &&
              restrict_mount(mount, MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY, users) == 0;
    if (*mapped)
        return mount;
    /* The refusal was for both attributes, and it must be read-only all the same. */
    if (means_cannot(errno) && restrict_mount(mount, MOUNT_ATTR_RDONLY, users) == 0) {
        note_plain(image, path);
        return mount;
    }
    report_errno("map the ids of the mount at %s", path);
    file_close(&mount);
    return -1;
}

int lower_idmap(const struct overlay *o, const char *rootfs, pid_t child)
{
    const struct scratch *s = &o->folder;
    bool mapped;
    int are_roots = subids_are_roots();

    if (are_roots <= 0)
        return are_roots;
    if (s->keep && image_make_place(s) < 0)
        return -1;
    /* A comment, since the option came with util-linux 2.39 and Debian 12 has an older one. */
    explain_comment("mount --bind -o ro,X-mount.idmap=/proc/%d/ns/user %s %s/lower", child, rootfs,
                    s->dir);
    int mount = lower_open(o->image, rootfs, child, &mapped);
    if (mount < 0)
        return -1;
    gate_give(mount);
    return 0;
}

int lower_attach(const struct scratch *s)
{
    cleanup_fd int mount = gate_given();

    return mount < 0 ? 0 : image_move(mount, s);
}
