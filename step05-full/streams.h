/*
 * streams: a pipe between the container and its caller's stdin, stdout and stderr.
 *
 * A file's owner may open it again through /proc/self/fd, even to write when the descriptor is only
 * for reading, and may change its mode through the descriptor. Root in a user's container is that
 * user and may do so. From a pipe that other programs write to, too, root inside could read
 * their lines. A socket would lead to the host's network. And a file of another user cannot be
 * opened as /dev/stdout. With a pipe of the container's own, all of this ends. See pipe(7).
 * This is done with each of the three:
 *
 *   a terminal                  the container gets one of its own, see console
 *   a file, named FIFO, socket  carried, see streams_carry
 *   a pipe                      stdout and stderr: carried; stdin: stays, and all inside may open
 *                               it to read
 *   another device, /dev/null   stays as it is
 *   the wrong way, `0>file`     /dev/null, the wrong way, too: a read or write of it fails, EBADF
 *   closed                      /dev/null, see self
 *   a folder                    refused: it would be a way out, by fchdir(2)
 *   a disk, and all others      refused: what they can do is too much
 *
 * A pipe as stdin has no other before it. An ordinary user's container with the same id can write
 * into it, too. So what reads it next must be no shell. With `cat | step05 ...` the pipe is one
 * that nobody reads after the container.
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
