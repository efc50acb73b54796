/*
 * image: the image alone, without what is mounted below it.
 *
 * A folder /proc of the image may have a proc file system on it, from a chroot by hand. In a new
 * user namespace such a mount is locked, since it could hide something: see "Restrictions on mount
 * namespaces" in mount_namespaces(7). So there overlayfs does not take the folder as lower. Root
 * outside can take a copy of the image's own mount before, and this has nothing below it.
 * See open_tree(2) and move_mount(2), of Linux 5.2.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "overlay.h"

struct image {
    int copy; /* a mount without a place, above 2; 0: none */
};

/*
 * If something is mounted below the image, copies the image's mount without that, and makes a
 * folder of `lower` for it. `rootfs` is the image's path. Where the caller may not copy it, does
 * nothing: overlay_mount() will say why it fails. Returns 0, or -1 after a report.
 */
int image_copy(struct image *i, const struct overlay *o, const char *rootfs);

/* In the child, puts the copy on `lower`, if there is one. Returns 0, or -1 after a report. */
int image_attach(struct image *i, const struct scratch *s);

/* Puts a folder in the place of the link `lower`. Returns 0, or -1 after a report. */
int image_make_place(const struct scratch *s);

/*
 * Puts the mount that a descriptor holds on the folder `lower`. The scratch directory becomes the
 * working directory. Returns 0, or -1 after a report.
 */
int image_move(int mount, const struct scratch *s);

#endif
