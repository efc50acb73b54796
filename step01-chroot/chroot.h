/*
 * chroot: another root directory for one process, and so for the command that it becomes.
 *
 * It changes only where an absolute path starts. The command still sees the same processes, network
 * and users. See chroot(2).
 */
#ifndef CHROOT_H
#define CHROOT_H

/*
 * Makes `path` the root and the working directory of the calling process. Returns 0, or -1 after a
 * report: EPERM without CAP_SYS_CHROOT, ENOENT, ENOTDIR, EACCES, ...
 */
int chroot_enter(const char *path);

#endif
