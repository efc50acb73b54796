/*
 * stage: a folder and a mount namespace in which a program runs without harm to the machine, and
 * one run in it, with all that can be seen of it.
 */
#ifndef STAGE_H
#define STAGE_H

#include "inject.h"
#include "subject.h"

#include <stdbool.h>

enum { STAGE_TEXT = 1 << 16, STAGE_NAME = 48 };

/* What a run showed. */
struct seen {
    struct course course;
    char out[STAGE_TEXT], err[STAGE_TEXT];
    char guards[4096]; /* as the host sees them: namespaces, limits                */
    char left[512];    /* the first thing that it left behind or took away, or ""  */
    bool named;        /* something was left; its messages named all of it, and the
                          next container took it away                              */
    bool is_raw;       /* the terminal has not its mode back                       */
};

/*
 * Makes the stage `number` in `folder`, for this subject, whose program is in `build`. The calling
 * process goes to a mount namespace of its own, if it is root. Returns 0, or -1 after a report.
 */
int stage_make(const struct subject *s, const char *build, const char *folder, int number);

/*
 * Runs the subject once. `plan` has the point, the error and the signal; NULL for none. After
 * SIGKILL, what is left may stay until the next container starts. So this starts one of another
 * name before it looks. It does so, too, where messages name all that was left.
 */
int stage_run(const struct plan *plan, struct seen *seen);

/* Makes paths in the stage relative to it, so that a line about a run is short. */
void stage_shorten(char *text);

void stage_remove(void);

#endif
