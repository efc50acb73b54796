/*
 * storage: how much the container may write.
 *
 * On the disk the container could take all free space. Here its layer is a tmpfs of a fixed size.
 * Its memory counts for the container's cgroup. The layer is gone with the container, even if the
 * container is killed. Before Linux 6.6 a tmpfs lacks the attributes in which overlayfs notes that
 * a folder was removed and made again: there, such an attempt fails with EIO.
 *
 * Closes row 38 of the attack table.
 */
#ifndef STORAGE_H
#define STORAGE_H

#include "scratch.h"

enum { STORAGE_DEFAULT = 256 * 1024 * 1024 };

/*
 * Covers the scratch directory, in the caller's mount namespace, with a tmpfs of `bytes` bytes (0:
 * the default). Makes lower, upper, work and merged again in it. From here on `s` is the tmpfs.
 * Returns 0, or -1 after a report.
 */
int storage_limit(struct scratch *s, long long bytes);

#endif
