/*
 * pidfile: the pid of a running container. Other programs find it by the container's name.
 */
#ifndef PIDFILE_H
#define PIDFILE_H

#include <sys/types.h>

/*
 * Writes the host's pid of the container's process 1 to the file dir/pid. Returns 0, or -1 after a
 * report.
 */
int pidfile_write(const char *dir, pid_t pid);

/* Removes dir/pid, if it was written. `dir` may be empty. Returns 0, or -1 after a report. */
int pidfile_remove(const char *dir);

/*
 * Reads the pid of the container `name`. Its scratch directory is parent/name. `parent` may be NULL
 * for TMPDIR or /tmp. Returns the pid, or -1 after a report: ENOENT if there is no such container.
 */
pid_t pidfile_read(const char *parent, const char *name);

#endif
