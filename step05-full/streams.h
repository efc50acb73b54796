/*
 * streams: a pipe between the container and each file that is its stdin, stdout or stderr.
 *
 * Through /proc/self/fd a file's owner may open it anew, for what the descriptor does not allow,
 * and by the descriptor itself change its mode: a user's root inside is that user. (Root's is
 * nobody outside, and needs no pipe.) See pipe(7).
 *
 * Closes row 33 of the attack table.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include <sys/types.h>

/* By descriptor: what the caller gave, and the process that carries; 0 where nothing was changed.
 */
struct streams {
    int files[3];
    pid_t carriers[3];
};

/* On the host: puts the pipes in the places of the files. Returns 0, or -1 after a report. */
int streams_open(struct streams *s);

/*
 * On the host, after the container: puts the files back, and waits until all output is in them.
 * Accepts what was never opened. Returns 0, or -1 after a report: ENOSPC where the disk is full.
 */
int streams_close(struct streams *s);

#endif
