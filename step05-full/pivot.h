/*
 * pivot: another root for the whole mount namespace, so that no way leads back to the old one.
 *
 * chroot leaves the host's root mounted above the container's, and a second chroot climbs up to it.
 * pivot_root(2) swaps them, and the old root is then unmounted. After that it is nowhere in the
 * namespace, and even with all capabilities nobody gets there. A symbolic link in a hostile image
 * does not lead there either, so no later mount can land on the host.
 *
 * Closes rows 1 and 34 of the attack table.
 */
#ifndef PIVOT_H
#define PIVOT_H

/*
 * Makes `root`, which must be a mount point, the root and the working directory. Unmounts the
 * host's root with all mounts below it. Returns 0, or -1 after a report: EINVAL when `root` is not
 * a mount point, or when the host's root is the initramfs.
 */
int pivot_enter(const char *root);

#endif
