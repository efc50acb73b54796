/*
 * scratch: the container's own folder on the host, parent/NAME.
 *
 * What acts in it holds it by a descriptor, and names files in it by openat(2) and its like. A path
 * could lead elsewhere by now: the folder can be moved, and a link put in its place. See open(2),
 * "Rationale for openat()".
 *
 * The descriptor also has a lock, flock(2). The kernel drops it when the last process that holds it
 * is gone, even by SIGKILL. So a folder with a mark and without a lock is a dead container's, and
 * the next run removes it: see sweep. A new folder has a private name until it has both.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <limits.h>
#include <stdbool.h>

/* The mark is a file in the folder. With "-" and some letters this is also a private name. */
#define SCRATCH_MARK ".container"

struct scratch {
    char dir[PATH_MAX]; /* its path, for messages and for -x; empty while there is no folder */
    int fd;             /* the folder itself, with the lock                                  */
    bool keep;          /* in: scratch_remove() leaves `upper` where it is                   */
};

/*
 * Makes the folder parent/name, mode 0700, whatever the umask is. `parent` may be NULL for TMPDIR
 * or /tmp. Returns 0, or -1 after a report: EEXIST if the name is in use, EPERM if root lacks a
 * capability to remove it again, ENOENT, EACCES, EROFS, ENOSPC, EBADF or ENOLCK on a file system
 * without locks, ...
 */
int scratch_make(struct scratch *s, const char *parent, const char *name);

/*
 * Opens and locks a folder `name` in the folder `place`, and sets s->fd. Returns 0, or -1 with
 * errno and no report: EWOULDBLOCK if a living process has it, EPERM if it is not the caller's
 * alone, ENOTDIR also for a link, ...
 */
int scratch_hold(struct scratch *s, int place, const char *name);

/*
 * Opens the folder `dir` of a container that runs. Returns a descriptor, or -1 with errno and no
 * report: ENOENT if none runs there, EPERM if the folder is not the caller's alone, ...
 */
int scratch_open_running(const char *dir);

/*
 * Tells whether a folder that is held has a mark, so that it is a container's. Sets s->keep as that
 * container had it.
 */
bool scratch_is_marked(struct scratch *s);

/*
 * Makes the folder the caller's working directory, in the caller's mount namespace. (The descriptor
 * may be of another one, where the caller may not mount.) Returns 0, or -1 after a report: ESTALE
 * if its path leads to another folder by now.
 */
int scratch_enter(const struct scratch *s);

/* Closes the descriptor, where a process is not to have it any more. The folder stays. */
void scratch_close(struct scratch *s);

/*
 * Removes the folder and all that is in it, if it was made, and the folders elsewhere that it has
 * records of: see record. Where s->keep is set, leaves `upper`, and says where. What cannot be
 * removed keeps its mark, for the next run. Returns 0, or -1 after a report: ESTALE if the folder
 * was moved away, EBUSY if one elsewhere is in use, ...
 */
int scratch_remove(struct scratch *s);

#endif
