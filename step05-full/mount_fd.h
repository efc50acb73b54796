/*
 * mount_fd: mounts that a descriptor holds and that have no place yet: the new mount API.
 *
 * A mount is made or copied while the host is in sight, and put into place when the host is gone.
 * See fsopen(2), fsmount(2), open_tree(2) and move_mount(2) of Linux 5.2, mount_setattr(2) of
 * Linux 5.12. The attributes are MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, ... of <linux/mount.h>.
 *
 * Closes row 34 of the attack table.
 */
#ifndef MOUNT_FD_H
#define MOUNT_FD_H

/*
 * Makes a mount of a new file system of this type. `options` is a list such as "size=64k,mode=755",
 * or NULL. Returns a descriptor, or -1 after a report.
 */
int mount_fd_new(const char *type, const char *options, unsigned attributes);

/*
 * Copies the mount that `path` is on, from `path` downwards and with all mounts below it. Adds the
 * attributes to the copy. Returns a descriptor, or -1 after a report.
 */
int mount_fd_copy(const char *path, unsigned attributes);

/*
 * Puts a mount into place on `target`, a file or a directory, and closes its descriptor. A symbolic
 * link anywhere in the path is refused, since it could lead anywhere. Returns 0, or -1 after a
 * report: ELOOP for a link, EINVAL for a directory on a file or a file on a directory.
 */
int mount_fd_attach(int mount, const char *target);

/*
 * Puts a mount on what the descriptor `place` has open, and closes both. A path that was looked up
 * once and then once more may lead to two places; a descriptor is of one place for ever. `target`
 * is what messages call it. Returns 0, or -1 after a report.
 */
int mount_fd_attach_at(int mount, int place, const char *target);

/* Adds attributes only to the mount that `path` is on. Returns 0, or -1 after a report. */
int mount_fd_restrict(const char *path, unsigned attributes);

/*
 * Covers the folder `path` with an empty one that is read-only. Returns 0, or -1 after a report.
 */
int mount_fd_cover_folder(const char *path);

#endif
