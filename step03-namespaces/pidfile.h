/*
 * pidfile: the pid of a running container. Other programs find it by the container's name.
 */
#ifndef PIDFILE_H
#define PIDFILE_H

#include "scratch.h"

#include <sys/types.h>

/*
 * Writes the host's pid of the container's process 1 to the file `pid` in its folder. Returns 0, or
 * -1 after a report.
 */
int pidfile_write(const struct scratch *s, pid_t pid);

/*
 * Removes the file, if it was written. There may be no folder. Returns 0, or -1 after a report.
 */
int pidfile_remove(const struct scratch *s);

/*
 * Reads the pid of the container `name`. Its scratch directory is parent/name. `parent` may be NULL
 * for TMPDIR or /tmp. Returns the pid, or -1 after a report: ENOENT if no such container
 * runs, EPERM if it is another user's.
 */
pid_t pidfile_read(const char *parent, const char *name);

#endif
