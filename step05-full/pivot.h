/*
 * pivot: another root for the whole mount namespace, so that no way leads back to the old one.
 *
 * chroot leaves the host's root mounted above the container's, and a second chroot climbs up to it.
 * After pivot_root(2) and the unmounting of what was the root, it is nowhere in the namespace.
 */
#ifndef PIVOT_H
#define PIVOT_H

/* Where the host's root is between the two calls, seen from inside. */
#define PIVOT_HOST "/.host"

/*
 * Makes `root`, which must be a mount point, the root of the mount namespace, and / the working
 * directory; the host's root moves to PIVOT_HOST. Returns 0, or -1 after a report: EEXIST when the
 * image has something of that name, EINVAL when `root` is no mount point or when the host's root is
 * the initramfs.
 */
int pivot_enter(const char *root);

/* Unmounts the host's root and all below it. Returns 0, or -1 after a report. */
int pivot_detach(void);

#endif
