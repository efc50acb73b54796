/*
 * sysfs: the kernel's view of devices and drivers, of which a container may look at a part.
 *
 * It shows the network namespace of who mounts it.
 *
 * Closes rows 18 and 20 of the attack table.
 */
#ifndef SYSFS_H
#define SYSFS_H

/*
 * Makes a read-only mount of sysfs, while the host's is in sight. Returns a descriptor, or -1 after
 * a report: EPERM where the caller sees only a part of it itself.
 */
int sysfs_open(void);

/* Puts it on /sys of the image, and hides the firmware's tables. Returns 0, or -1 after a report.
 */
int sysfs_attach(int mount);

#endif
