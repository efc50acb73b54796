/*
 * lower: the image as the container's ids see it.
 *
 * The image's files are root's, and root is nobody inside a range of ids. An idmapped mount shows
 * them as those of the container's root, and changes nothing on the disk: mount_setattr(2), Linux
 * 5.12, and for overlay 5.19.
 */
#ifndef LOWER_H
#define LOWER_H

#include <sys/types.h>

/*
 * Puts an idmapped mount of `rootfs`, read-only, on dir/lower in the mount namespace of process
 * `child`, whose id maps are written; for a caller that is not root, nothing needs to be done.
 * Where the file system or the kernel cannot, a note says that the image's files are nobody's.
 * Returns 0, or -1 after a report.
 */
int lower_idmap(const char *dir, const char *rootfs, pid_t child);

#endif
