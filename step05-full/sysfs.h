/*
 * sysfs: the kernel's view of devices and drivers; a container may look at a part of it.
 *
 * A mount of sysfs shows the network namespace of the process that makes it.
 *
 * Closes rows 18 and 20 of the attack table.
 */
#ifndef SYSFS_H
#define SYSFS_H

/*
 * Makes a read-only mount of sysfs. The host's must still be in sight. *mount becomes its
 * descriptor. Returns 0, or -1 after a report: EPERM when the caller itself sees only a part of it.
 */
int sysfs_open(int *mount);

/* Puts it on the image's /sys, and hides what sysfs_hide() says. Returns 0, or -1 after a report.
 */
int sysfs_attach(int mount);

/*
 * Hides in the sysfs at `sys` the firmware's tables, and what measures the energy and the heat of
 * the processors: these tell what a processor computes (CVE-2020-8694). Each kernel has some of
 * these folders. Returns 0, or -1 after a report.
 */
int sysfs_hide(const char *sys);

#endif
