#include "overlay.h"

#include "file.h"
#include "mounts.h"
#include "privilege.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

/*
 * The image's top, and folders in it that a container changes. After `sudo debootstrap` into a
 * user's own folder, the top is the user's, and the rest is root's.
 */
static const char *const looked_at[OVERLAY_LOOKED_AT] = {".", "tmp", "etc", "bin", "usr"};

enum { TOP, TMP };

/* So stat(2) calls an owner who has no id here. What is not there is nobody's, too. */
enum { NOBODY = 65534 };

static uid_t owner_of(int folder, const char *name)
{
    struct stat status;

    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_uid : NOBODY;
}

int overlay_open_image(struct overlay *o, const char *rootfs)
{
    int image = file_open_rootfs(rootfs);

    if (image < 0)
        return -1;
    o->image = image;
    for (int i = 0; i < OVERLAY_LOOKED_AT; i++)
        o->owners[i] = owner_of(image, looked_at[i]);
    return 0;
}

/* Without one there is nothing to close: no image has the descriptor of stdin. */
static void close_image(struct overlay *o)
{
    if (o->image > 0)
        file_close(&o->image);
    o->image = 0;
}

static int make_layer(const struct scratch *s, const char *name)
{
    char path[PATH_MAX];

    if (file_join(path, sizeof(path), s->dir, name) < 0)
        return -1;
    explain("mkdir", path, NULL);
    /* The container's root directory has the mode of upper, so this must be 0755. */
    if (file_make_folder(s->fd, name, 0755) < 0)
        return report_errno("mkdir %s", path);
    return 0;
}

static int link_lower(const struct scratch *s, const char *rootfs)
{
    char image[PATH_MAX], path[PATH_MAX];

    if (!realpath(rootfs, image))
        return report_errno("find the path of %s", rootfs);
    if (file_join(path, sizeof(path), s->dir, "lower") < 0)
        return -1;
    explain("ln", "-s", image, path, NULL);
    if (symlinkat(image, s->fd, "lower") < 0)
        return report_errno("symlink %s to %s", path, image);
    return 0;
}

int overlay_make_folder(struct overlay *o, const char *parent, const char *name, const char *rootfs)
{
    explain_name_child(name);
    return scratch_make(&o->folder, parent, name) < 0 ? -1 : link_lower(&o->folder, rootfs);
}

int overlay_make(struct overlay *o, const char *parent, const char *name, const char *rootfs)
{
    struct scratch *s = &o->folder;

    if (overlay_make_folder(o, parent, name, rootfs) < 0 || make_layer(s, "upper") < 0 ||
        make_layer(s, "work") < 0 || make_layer(s, "merged") < 0)
        return -1;
    return 0;
}

bool overlay_is_at(const char *path)
{
    struct statfs fs;

    return statfs(path, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

static void hint_mount(const struct overlay *o)
{
    int error = errno;
    char below[PATH_MAX];
    bool on_overlay = overlay_is_at(".");

    if (error == EPERM && geteuid() != 0)
        report_hint("only root may do this: call the program by sudo");
    else if (error == EPERM && privilege_hint(CAP_SYS_ADMIN))
        return;
    else if (error == EPERM)
        report_hint("the root of a user namespace may do this from Linux 5.11 on, and only where "
                    "the mounts are its own, too: unshare --user --map-root-user --mount");
    else if (error == ENODEV)
        report_hint("this kernel has no overlay: sudo modprobe overlay");
    else if (on_overlay)
        report_hint("%s is on an overlay itself, where upper cannot be: choose a folder on a disk, "
                    "or on a tmpfs such as /dev/shm, by --scratch DIR",
                    o->folder.dir);
    else if (error == EINVAL && mounts_find_below("lower", below))
        report_hint("%s is a mount below the image, and an ordinary user's container cannot leave "
                    "it out: sudo umount it, or take a copy of the image, or call by sudo",
                    below);
    else
        report_hint("the kernel log (dmesg) says more; --scratch DIR tries another file system");
    errno = error;
}

/*
 * The descriptor that was checked may be of another mount namespace, whose mounts the kernel takes
 * for no layer. So we open the image again by the link, and compare the two.
 */
static int open_lower(const struct overlay *o)
{
    int lower = open("lower", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat image, found;

    if (lower < 0)
        return report_errno("open %s/lower", o->folder.dir);
    if (fstat(o->image, &image) == 0 && fstat(lower, &found) == 0 && file_is_same(&image, &found))
        return lower;
    file_close(&lower);
    errno = ESTALE;
    return report_errno("%s/lower does not lead to the image any more", o->folder.dir);
}

static bool is_foreign(const struct overlay *o, int i)
{
    struct stat status;
    char path[16];

    snprintf(path, sizeof(path), "lower/%s", looked_at[i]);
    return o->owners[i] != NOBODY && lstat(path, &status) == 0 && status.st_uid == NOBODY;
}

bool overlay_is_foreign(const struct overlay *o)
{
    return is_foreign(o, o->owners[TMP] == NOBODY ? TOP : TMP);
}

/* Where `lower` is a mount and no link, who made the mount has said it. */
static void note_owner(const struct overlay *o)
{
    char path[PATH_MAX];
    ssize_t length = readlink("lower", path, sizeof(path));
    int found = 0;

    while (found < OVERLAY_LOOKED_AT && !is_foreign(o, found))
        found++;
    if (length <= 0 || found == OVERLAY_LOOKED_AT)
        return;
    report_note("%.*s%s%s belongs to user %u, who has no id in the container, so this user's "
                "files cannot be changed: call the program by sudo, or take an image of your own: "
                "cp -a %.*s "
                "MINE",
                (int)length, path, found == TOP ? "" : "/", found == TOP ? "" : looked_at[found],
                o->owners[found], (int)length, path);
}

/* Is a package manager's list in the image? A link must not lead us to that of the host. */
static bool has_packages(int image)
{
    static const char *const lists[] = {"var/lib/dpkg", "lib/apk/db", "var/lib/rpm",
                                        "usr/lib/sysimage/rpm", "var/lib/pacman"};
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};

    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        cleanup_fd int list = file_open_within(image, lists[i], &how);
        if (list >= 0)
            return true;
    }
    return false;
}

/*
 * When a folder of the image is removed or replaced, overlayfs writes an attribute to upper. With
 * `userxattr` this is a user.* attribute, and a tmpfs has these only from Linux 6.6 on. On an older
 * kernel the command gets EIO or EXDEV. Package managers remove and replace folders all the time.
 */
static void note_packages(int image)
{
    static const char attribute[] = "user.container";

    if (setxattr("upper", attribute, "", 0, 0) == 0)
        removexattr("upper", attribute);
    else if (errno == EOPNOTSUPP && has_packages(image))
        report_note("this kernel cannot note on a tmpfs that a folder of the image was removed or "
                    "replaced, so packages can be neither installed nor removed: put the layer on "
                    "a disk, by --keep --scratch DIR, or take Linux 6.6 or newer");
}

int overlay_mount(struct overlay *o, const char *option)
{
    char layers[64], options[128];

    /*
     * Options cannot quote the ',' or ':' of a path. So they hold only names in this folder. And
     * where the layer is thrown away, its unmount need not wait until all is on the disk.
     */
    snprintf(layers, sizeof(layers), "upperdir=upper,workdir=work%s%s%s",
             o->folder.keep ? "" : ",volatile", option ? "," : "", option ? option : "");
    explain("cd", o->folder.dir, NULL);
    if (scratch_enter(&o->folder) < 0)
        return -1;
    cleanup_fd int lower = open_lower(o);
    if (lower < 0)
        return -1;
    close_image(o);
    snprintf(options, sizeof(options), "lowerdir=lower,%s", layers);
    explain("mount", "-t", "overlay", "overlay", "-o", options, "merged", NULL);
    /* What the link `lower` leads to can change at any time. What a descriptor is cannot. */
    snprintf(options, sizeof(options), "lowerdir=/proc/self/fd/%d,%s", lower, layers);
    if (mount("overlay", "merged", "overlay", 0, options) < 0) {
        report_errno("mount overlay on %s/merged", o->folder.dir);
        hint_mount(o);
        return -1;
    }
    o->mounted = true;
    note_owner(o);
    if (option)
        note_packages(lower);
    return 0;
}

int overlay_unmount(struct overlay *o)
{
    enum { MOST = 1000 };
    int count = 0;

    if (!o->mounted)
        return 0;
    /* Lazily: this also unmounts what is below, and works if a process is still inside. */
    explain("umount", "-l", "merged", NULL);
    /* Root in the container can mount more on it, or unmount it. EINVAL: nothing is mounted. */
    while (count < MOST && umount2("merged", MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        count++;
    if (count == MOST)
        errno = EBUSY;
    if (errno != EINVAL)
        return report_errno("umount %s/merged", o->folder.dir);
    o->mounted = false;
    return 0;
}

int overlay_remove(struct overlay *o)
{
    close_image(o);
    return scratch_remove(&o->folder);
}
