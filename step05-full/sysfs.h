/*
 * sysfs: the kernel's view of devices and drivers. It shows the network namespace of who mounts it.
 */
#ifndef SYSFS_H
#define SYSFS_H

/*
 * Mounts sysfs read-only on /sys, while the host's is still in sight. Returns 0, or -1 after a
 * report: EPERM where the caller sees only a part of it itself, ENOTDIR when the image's /sys is a
 * link.
 */
int sysfs_mount(void);

#endif
