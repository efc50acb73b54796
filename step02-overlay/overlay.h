/*
 * overlay: the container's root file system, made of the image and a layer for its changes.
 *
 * The container has its own scratch directory. Only its owner may enter it. In it are
 *   lower    a symbolic link to the image. Nobody writes to the image.
 *   upper    what the container writes, and a whiteout for each file that it removes
 *   work     for the kernel, on the same file system as upper: it first copies a whole file to
 *            here, then moves the copy to upper
 *   merged   lower and upper as one tree: the container's root
 * See mount(2) and the kernel's Documentation/filesystems/overlayfs.rst.
 *
 * Until it is mounted, the image is held by a descriptor. Its path could lead elsewhere by now.
 *
 * Closes rows 4, 11, 34 and 37 of the attack table.
 */
#ifndef OVERLAY_H
#define OVERLAY_H

#include "scratch.h"

#include <stdbool.h>
#include <sys/types.h>

enum { OVERLAY_LOOKED_AT = 5 };

struct overlay {
    struct scratch folder;           /* the scratch directory              */
    int image;                       /* a descriptor, above 2; 0: none     */
    uid_t owners[OVERLAY_LOOKED_AT]; /* of the image and of folders in it, as the host sees them */
    bool mounted;                    /* by overlay_mount()                 */
};

/* Opens the image `rootfs`, and checks it, see file_open_rootfs(). Returns 0, or -1 after a report.
 */
int overlay_open_image(struct overlay *o, const char *rootfs);

/*
 * Makes the scratch directory parent/name, mode 0700, with lower (a link to `rootfs`), upper, work
 * and merged. `parent` may be NULL for TMPDIR or /tmp. Returns 0, or -1 after a report: EEXIST if
 * the name is in use, ENOENT, EACCES, EROFS, ENOSPC, ... After an error, overlay_remove() must
 * remove the parts that were made.
 */
int overlay_make(struct overlay *o, const char *parent, const char *name, const char *rootfs);

/* The same with lower alone, for a caller who makes the layers in another place. */
int overlay_make_folder(struct overlay *o, const char *parent, const char *name,
                        const char *rootfs);

/*
 * Tells whether the owner of the image's /tmp, or of the image if it has none, has no id where the
 * caller is now. Then the kernel lets nobody change the owner's files, not even by a copy in upper:
 * see "Permission model" in overlayfs.rst.
 * The scratch directory must be the working directory, in the mount namespace where `lower` may be
 * a mount.
 */
bool overlay_is_foreign(const struct overlay *o);

/*
 * Mounts merged in the caller's mount namespace, and closes the image. The scratch directory
 * becomes the caller's working directory, so that merged can be entered by this name alone. A note
 * says whose the image is, or one of its most used folders, if it is foreign. Another note says if
 * packages of the image cannot be installed or removed in this layer: only where `option` is given.
 * `option` is one more option for overlayfs, or NULL. If the folder is not kept, the layer is
 * `volatile`, which takes Linux 5.10: its unmount, or the container's end, does not wait for the
 * disk. Returns 0, or -1 after a report: EPERM, EINVAL if upper cannot be on that file system,
 * ENODEV, ESTALE if `lower` does not lead to the image that was opened, ...
 */
int overlay_mount(struct overlay *o, const char *option);

/*
 * Unmounts merged and all mounts on it and below it, if it is mounted. The working directory must
 * still be where overlay_mount() left it. Returns 0, or -1 after a report.
 */
int overlay_unmount(struct overlay *o);

/* Tells whether a folder is on an overlay: then upper cannot be there. */
bool overlay_is_at(const char *path);

/*
 * Closes the image, and removes the scratch directory, see scratch_remove(). Returns 0, or -1 after
 * a report.
 */
int overlay_remove(struct overlay *o);

#endif
