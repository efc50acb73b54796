/*
 * subject: the programs that are swept, and how they are called.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdbool.h>

enum { SUBJECT_WORDS = 32 };

struct subject {
    const char *label;   /* "step05 user"                                                  */
    const char *program; /* a file in the build folder, or the path of a peer              */
    bool is_peer;        /* another project's: gets signals alone, and counts for nothing  */
    const char *prepare; /* a shell command, in the stage, before the first run            */
    bool as_user;        /* root becomes an ordinary user for it                           */
    bool with_range;     /* the user has ids in /etc/subuid, and newuidmap(1)              */
    bool on_terminal;    /* stdin and stdout are a terminal; otherwise all are plain files */
    const char *words[SUBJECT_WORDS]; /* its arguments; NAME stands for the container's name */
};

/* They end with {0}. */
extern const struct subject subjects[];

/* Why this subject cannot be swept here, or NULL. */
const char *subject_lacks(const struct subject *s);

#endif
