/*
 * storage: how much the container may write.
 *
 * On the disk it could take all that is free. Here its layer is a tmpfs of a fixed size, in the
 * memory that is counted to its cgroup; it is gone with the container, even when that is killed.
 * Before Linux 6.6 a tmpfs lacks the attributes in which overlayfs
 * notes that a folder was removed and made again: there, such an attempt fails with EIO.
 *
 * Closes row 38 of the attack table.
 */
#ifndef STORAGE_H
#define STORAGE_H

enum { STORAGE_DEFAULT = 256 * 1024 * 1024 };

/*
 * Covers the scratch directory `dir`, in the caller's mount namespace, with a tmpfs of that many
 * bytes, 0 for the default, and makes lower, upper, work and merged anew in it. Returns 0, or -1
 * after a report.
 */
int storage_limit(const char *dir, long long bytes);

#endif
