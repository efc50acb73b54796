/*
 * overlay: the container's root file system, made of the image and a layer for its changes.
 *
 * In a scratch directory of its own, which only its owner may enter, stand
 *   lower    the image, which nobody writes to (a symbolic link to it)
 *   upper    what the container writes, and a whiteout for each file that it removes
 *   work     the kernel's, on the same file system as upper: a file is copied up here in full
 *            before it is moved to upper
 *   merged   lower and upper as one tree: the container's root
 * See mount(2) and the kernel's Documentation/filesystems/overlayfs.rst.
 */
#ifndef OVERLAY_H
#define OVERLAY_H

#include <limits.h>
#include <stdbool.h>

struct overlay {
    char dir[PATH_MAX];    /* the scratch directory; empty until it is made        */
    char merged[PATH_MAX]; /* the path of the merged tree                          */
    bool mounted;          /* true between overlay_mount() and overlay_unmount()        */
    bool keep;             /* in: overlay_remove() leaves upper where it is            */
};

/*
 * Makes the scratch directory parent/name, mode 0700, with lower (a link to `rootfs`), upper, work
 * and merged. `parent` may be NULL for TMPDIR or /tmp. Returns 0, or -1 after a report: EEXIST when
 * the name is in use, ENOENT, EACCES, EROFS, ENOSPC, ... A part that was made stays for
 * overlay_remove().
 */
int overlay_make(struct overlay *o, const char *parent, const char *name, const char *rootfs);

/*
 * Mounts merged, in the mount namespace of the caller, whose working directory becomes the scratch
 * directory. `option` is one more option for overlayfs, or NULL. Returns 0, or -1 after a report:
 * EPERM, EINVAL when upper cannot be on that file system, ENODEV, ...
 */
int overlay_mount(struct overlay *o, const char *option);

/* Unmounts merged and all that is mounted below it. Accepts what was never mounted. 0 or -1. */
int overlay_unmount(struct overlay *o);

/*
 * Removes the scratch directory; where o->keep is set, all but upper, and says where upper is.
 * Accepts what was never made. Returns 0, or -1 after a report.
 */
int overlay_remove(struct overlay *o);

#endif
