/*
 * streams: a pipe between the container and each file that is its stdin, stdout or stderr.
 *
 * A file's owner may open it again through /proc/self/fd, even to write when the descriptor is only
 * for reading, and may change its mode through the descriptor. Root in a user's container is that
 * user and may do so. (Root in root's container is nobody outside, and needs no pipe.) See pipe(7).
 *
 * A folder would be a way out of the container, and is refused.
 *
 * Closes rows 2 and 33 of the attack table.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include <sys/types.h>

/* One entry for each standard descriptor; 0 when it was not changed. */
struct streams {
    int files[3];      /* the file that the caller gave                  */
    pid_t carriers[3]; /* the process between that file and the new pipe */
    int end, end_seen; /* a pipe: carriers of output see that it is closed */
};

/* On the host: puts the pipes in the places of the files. Returns 0, or -1 after a report: EISDIR.
 */
int streams_open(struct streams *s);

/*
 * On the host, after the end of the command: puts the files back, and waits until all that it has
 * written is in them. A process in the background may still have the pipes. Accepts streams that
 * were never opened. Returns 0, or -1 after a report: ENOSPC when the
 * disk is full.
 */
int streams_close(struct streams *s);

#endif
