/*
 * streams: a pipe between the container and what its caller has given it as stdin, stdout and
 * stderr.
 *
 * A file's owner may open it again through /proc/self/fd, even to write when the descriptor is only
 * for reading, and may change its mode through the descriptor. Root in a user's container is that
 * user and may do so. From a pipe that others write to it could read their lines, and by a socket
 * it would reach the host's network. And what is another user's, it could not open as /dev/stdout.
 * A pipe of its own ends all of this. See pipe(7). This is done with each of the three:
 *
 *   a terminal                  the container gets one of its own, see console
 *   a file, named FIFO, socket  carried, see streams_carry
 *   a pipe                      stdout and stderr: carried; stdin: stays, and all inside may open
 *                               it to read
 *   another device, /dev/null   stays as it is
 *   closed                      /dev/null, see self
 *   a folder                    refused: it would be a way out, by fchdir(2)
 *   a disk, and all others      refused: what they can do is too much
 *
 * Closes rows 2 and 33 of the attack table.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include "subids.h"
#include "user.h"

#include <sys/types.h>

/* One entry for each standard descriptor; 0 when it was not changed. */
struct streams {
    int files[3];      /* what the caller gave                     */
    pid_t carriers[3]; /* the process between that and the new pipe */
    off_t start;       /* where a file as stdin began; -1 for others */
    int end, end_seen; /* a pipe: carriers see that it is closed    */
};

/*
 * On the host: puts the pipes in the places of what the caller gave. They belong to the root of the
 * container, whose ids outside are in `ids`. Returns 0, or -1 after a report: EISDIR, EOPNOTSUPP.
 */
int streams_open(struct streams *s, const struct subids *ids);

/*
 * In the container, as its root: gives the pipes to the user of the command, so that it can open
 * /dev/stdout. Returns 0, or -1 after a report: EINVAL for an id that is not in the id maps.
 */
int streams_give(const struct streams *s, const struct user *user);

/*
 * On the host, after the end of the command: puts all back as it was, and waits until what it
 * has written is there, or nobody reads it. What it has not read of stdin is still to be read. A
 * process in the background may still have the pipes. Accepts streams that were never opened.
 * Returns 0, or -1 after a report: ENOSPC when the disk is full.
 */
int streams_close(struct streams *s);

#endif
