#include "overlay.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static int make_directory(const struct overlay *o, const char *name)
{
    char path[PATH_MAX];

    if (file_join(path, sizeof(path), o->dir, name) < 0)
        return -1;
    explain("mkdir", path, NULL);
    /* The container's root directory has the mode of upper, so this must be 0755. */
    if (mkdir(path, 0755) < 0 || chmod(path, 0755) < 0)
        return report_errno("mkdir %s", path);
    return 0;
}

static int link_lower(const struct overlay *o, const char *rootfs)
{
    char image[PATH_MAX], path[PATH_MAX];

    if (!realpath(rootfs, image))
        return report_errno("find the path of %s", rootfs);
    if (file_join(path, sizeof(path), o->dir, "lower") < 0)
        return -1;
    explain("ln", "-s", image, path, NULL);
    if (symlink(image, path) < 0)
        return report_errno("symlink %s to %s", path, image);
    return 0;
}

static int make_scratch(struct overlay *o, const char *parent, const char *name)
{
    char where[PATH_MAX], path[PATH_MAX];

    if (!realpath(file_scratch(parent), where))
        return report_errno("find the scratch directory %s", file_scratch(parent));
    if (file_join(path, sizeof(path), where, name) < 0)
        return -1;

    explain("mkdir", "-m", "700", path, NULL);
    if (mkdir(path, 0700) < 0) {
        report_errno("mkdir %s", path);
        if (errno == EEXIST)
            report_hint("the name is in use, or a container of that name was killed: rm -r %s",
                        path);
        else
            report_hint("--scratch DIR puts the container's files elsewhere");
        return -1;
    }
    strcpy(o->dir, path);
    return 0;
}

int overlay_make(struct overlay *o, const char *parent, const char *name, const char *rootfs)
{
    if (make_scratch(o, parent, name) < 0 ||
        file_join(o->merged, sizeof(o->merged), o->dir, "merged") < 0 ||
        link_lower(o, rootfs) < 0 || make_directory(o, "upper") < 0 ||
        make_directory(o, "work") < 0 || make_directory(o, "merged") < 0)
        return -1;
    return 0;
}

static void hint_mount(const struct overlay *o)
{
    struct statfs fs;
    bool on_overlay = statfs(o->dir, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;

    if (errno == EPERM && geteuid() != 0)
        report_hint("only root may do this: call the program by sudo");
    else if (errno == EPERM)
        report_hint("before Linux 5.11, the root of a user namespace may not do this");
    else if (errno == ENODEV)
        report_hint("this kernel has no overlay: sudo modprobe overlay");
    else if (on_overlay)
        report_hint("%s is on an overlay itself, where upper cannot be: choose a folder on a disk, "
                    "or on a tmpfs such as /dev/shm, by --scratch DIR",
                    o->dir);
    else
        report_hint("the kernel log (dmesg) says more; --scratch DIR tries another file system");
}

int overlay_mount(struct overlay *o, const char *option)
{
    char options[128];

    /* Options cannot quote the ',' or ':' of a path. So they hold only names in this folder. */
    snprintf(options, sizeof(options), "lowerdir=lower,upperdir=upper,workdir=work%s%s",
             option ? "," : "", option ? option : "");
    explain("cd", o->dir, NULL);
    if (chdir(o->dir) < 0)
        return report_errno("chdir to %s", o->dir);
    explain("mount", "-t", "overlay", "overlay", "-o", options, "merged", NULL);
    if (mount("overlay", "merged", "overlay", 0, options) < 0) {
        report_errno("mount overlay on %s", o->merged);
        hint_mount(o);
        return -1;
    }
    o->mounted = true;
    return 0;
}

int overlay_unmount(struct overlay *o)
{
    if (!o->mounted)
        return 0;
    /* Lazily: this also unmounts what is below, and works if a process is still inside. */
    explain("umount", "-l", o->merged, NULL);
    if (umount2(o->merged, MNT_DETACH) < 0)
        return report_errno("umount %s", o->merged);
    o->mounted = false;
    return 0;
}

static int keep_upper(const struct overlay *o)
{
    static const char *const others[] = {"lower", "work", "merged"};
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (file_join(path, sizeof(path), o->dir, others[i]) < 0 || file_remove_tree(path) < 0)
            return -1;
    report_note("kept %s/upper", o->dir);
    return 0;
}

int overlay_remove(struct overlay *o)
{
    if (!*o->dir)
        return 0;
    if (o->keep)
        return keep_upper(o);
    explain("rm", "-r", o->dir, NULL);
    return file_remove_tree(o->dir);
}
