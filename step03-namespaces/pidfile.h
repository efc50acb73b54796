/*
 * pidfile: which process of the host is a running container's process 1, for other programs.
 *
 * The kernel gives the number of a dead process to a new one. So the file also has the time at
 * which the process started: field 22 of /proc/PID/stat, see proc(5). The reader gets a pidfd, see
 * pidfd_open(2), which stands for that process and never for another one.
 */
#ifndef PIDFILE_H
#define PIDFILE_H

#include "scratch.h"

#include <sys/types.h>

/*
 * Writes the host's pid of the container's process 1, and the time at which it started, to the file
 * `pid` in its folder. Returns 0, or -1 after a report.
 */
int pidfile_write(const struct scratch *s, pid_t pid);

/*
 * Removes the file, if it was written. There may be no folder. Returns 0, or -1 after a report.
 */
int pidfile_remove(const struct scratch *s);

/*
 * Opens process 1 of the container `name`. Its scratch directory is parent/name. `parent` may be
 * NULL for TMPDIR or /tmp. Sets *pid to the host's pid. Returns a pidfd, or -1 after a report:
 * ENOENT if no such container runs, EPERM or EACCES if it is another user's, EINVAL if `pid` is no
 * regular file or does not hold two numbers, ESRCH if the process has ended, ...
 */
int pidfile_open(const char *parent, const char *name, pid_t *pid);

#endif
