/*
 * chroot: another root directory for one process, and so for the command that it becomes.
 *
 * It changes where an absolute path starts and nothing else: not the processes, the network or the
 * users that the command sees. See chroot(2).
 */
#ifndef CHROOT_H
#define CHROOT_H

/*
 * Makes `path` the root and the working directory of the calling process. Returns 0, or -1 after a
 * report: EPERM without CAP_SYS_CHROOT, ENOENT, ENOTDIR, EACCES, ...
 */
int chroot_enter(const char *path);

#endif
