/*
 * mount_fd: mounts that have no place yet, held by a descriptor: the new mount API.
 *
 * What is made or copied while the host is in sight can be put into place when it no longer is. See
 * fsopen(2), fsmount(2), open_tree(2), move_mount(2) and mount_setattr(2), of Linux 5.2 and 5.12.
 * The attributes are MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, ... of <linux/mount.h>.
 */
#ifndef MOUNT_FD_H
#define MOUNT_FD_H

/*
 * Makes a mount of a new file system of that type; options is "size=64k,mode=755" or NULL. Returns
 * a descriptor, or -1 after a report.
 */
int mount_fd_new(const char *type, const char *options, unsigned attributes);

/*
 * Copies the mount that `path` is on, from there on down and with all mounts below it, and adds the
 * attributes to the copy. Returns a descriptor, or -1 after a report.
 */
int mount_fd_copy(const char *path, unsigned attributes);

/*
 * Puts a mount into place on `target`, a file or a directory and no symbolic link, which could lead
 * anywhere, and closes its descriptor. Returns 0, or -1 after a report: ELOOP for a link, EINVAL
 * for a directory on a file or a file on a directory.
 */
int mount_fd_attach(int mount, const char *target);

/* Adds attributes to the mount that `path` is on, and to no other. Returns 0, or -1 after a report.
 */
int mount_fd_restrict(const char *path, unsigned attributes);

/*
 * Makes the directory `path`, to mount on, where it is not there. Returns 0, or -1 after a report:
 * ENOTDIR when there is something else, be it a symbolic link, which could lead anywhere.
 */
int mount_fd_make_target(const char *path);

#endif
