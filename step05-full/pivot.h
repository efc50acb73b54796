/*
 * pivot: another root for the whole mount namespace, so that no way leads back to the old one.
 *
 * chroot leaves the host's root mounted above the container's, and a second chroot climbs up to it.
 * After pivot_root(2), and the unmounting of what was the root, it is nowhere in the namespace: not
 * even all capabilities lead there. A symbolic link in a hostile image leads there neither:
 * all that is mounted from here on is mounted without the host.
 *
 * Closes rows 1 and 34 of the attack table.
 */
#ifndef PIVOT_H
#define PIVOT_H

/*
 * Makes `root`, which must be a mount point, the root and the working directory, and unmounts the
 * host's root with all below it. Returns 0, or -1 after a report: EINVAL when `root` is no mount
 * point or when the host's root is the initramfs.
 */
int pivot_enter(const char *root);

#endif
