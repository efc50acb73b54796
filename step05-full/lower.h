/*
 * lower: the image as the container's ids see it.
 *
 * The image's files belong to root, but in a container with its own range of ids that root is
 * nobody. An idmapped mount shows each file inside with the number that its owner has on the disk,
 * and changes nothing there. So root's files are root's, and user 1000's are user 1000's. It needs
 * Linux 5.12, or 5.19 below an overlay. See mount_setattr(2).
 *
 * Closes row 34 of the attack table.
 */
#ifndef LOWER_H
#define LOWER_H

#include "overlay.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Copies the mount that the open folder `image` is on, read-only and without a place yet, with ids
 * as process `child` has them. Its id maps must be written already. If the file system or the
 * kernel cannot map ids, it is a plain copy, *mapped is false, and a note says that the files
 * belong to nobody. Messages call the folder `path`. Returns a descriptor, or -1 after a report.
 */
int lower_open(int image, const char *path, pid_t child, bool *mapped);

/*
 * Makes such a mount of the image for `child`, and gives it to the child through the gate. If
 * the scratch directory is kept, makes a folder for it, `lower`, there. `rootfs` is what messages
 * call the image. If the container's root is its caller, nothing is needed and nothing is done.
 * Returns 0, or -1 after a report.
 */
int lower_idmap(const struct overlay *o, const char *rootfs, pid_t child);

/*
 * In the child, which alone is in the container's mount namespace: puts that mount on `lower`, if
 * there is one. The scratch directory becomes the working directory. Returns 0, or -1 after a
 * report.
 */
int lower_attach(const struct scratch *s);

#endif
