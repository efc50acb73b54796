/*
 * lower: the image as the container's ids see it.
 *
 * The image's files are root's, and root is nobody inside a range of ids. An idmapped mount shows
 * them as those of the container's root, and changes nothing on the disk: mount_setattr(2), Linux
 * 5.12, and for overlay 5.19.
 */
#ifndef LOWER_H
#define LOWER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Copies the mount of `path`, read-only and without a place yet, with ids as process `child` has
 * them, whose id maps are written. Where the file system or the kernel cannot, a note says that the
 * files are nobody's, and *mapped is false. Returns a descriptor, or -1 after a report.
 */
int lower_open(const char *path, pid_t child, bool *mapped);

/*
 * Puts such a mount of `rootfs` on dir/lower in the mount namespace of `child`; for a caller that
 * is not root, nothing needs to be done. Returns 0, or -1 after a report.
 */
int lower_idmap(const char *dir, const char *rootfs, pid_t child);

#endif
