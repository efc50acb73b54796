/*
 * scratch: the container's own folder on the host, parent/NAME.
 *
 * What acts in it holds it by a descriptor, and names files in it by openat(2) and its like. A path
 * could lead elsewhere by now: the folder can be moved, and a link put in its place. See open(2),
 * "Rationale for openat()".
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <limits.h>
#include <stdbool.h>

struct scratch {
    char dir[PATH_MAX]; /* its path, for messages and for -x; empty while there is no folder */
    int fd;             /* the folder itself                                                 */
    bool keep;          /* in: scratch_remove() leaves `upper` where it is                   */
};

/*
 * Makes the folder parent/name, mode 0700, whatever the umask is. `parent` may be NULL for TMPDIR
 * or /tmp. Returns 0, or -1 after a report: EEXIST if the name is in use, ENOENT, EACCES, EROFS,
 * ENOSPC, ...
 */
int scratch_make(struct scratch *s, const char *parent, const char *name);

/*
 * Makes the folder the caller's working directory, in the caller's mount namespace. (The descriptor
 * may be of another one, where the caller may not mount.) Returns 0, or -1 after a report: ESTALE
 * if its path leads to another folder by now.
 */
int scratch_enter(const struct scratch *s);

/* Closes the descriptor, where a process is not to have it any more. The folder stays. */
void scratch_close(struct scratch *s);

/*
 * Removes the folder and all that is in it, if it was made. Where s->keep is set, leaves `upper`,
 * and says where. Returns 0, or -1 after a report: ESTALE if the folder was moved away, ...
 */
int scratch_remove(struct scratch *s);

#endif
