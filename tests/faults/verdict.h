/*
 * verdict: what came of one run with a fault, against the run without.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "stage.h"

#include <stdbool.h>
#include <stddef.h>

enum verdict {
    REPORTED,      /* it failed, and a message says why; or it ended by the signal            */
    HARMLESS,      /* the same bytes, status, guards and leftovers as without the fault       */
    OTHER_ERRNO,   /* the message has another errno than the call had                         */
    NAMED,         /* something stayed; messages name it, and the next run took it away       */
    LOST,          /* INT, TERM or HUP came before the command began, and it ran all the same */
    LATE,          /* the same, and the end took longer than LATE_MS                          */
    SILENT,        /* it failed without a message, or crashed, or lost output                 */
    GUARD_DIFFERS, /* the command ran, with other guards                                      */
    LEFT_OVER,     /* a file, mount or cgroup stayed, or went; after KILL: after the next run */
    HUNG,          /* it had to be killed                                                     */
    ORPHANS,       /* a process outlived it                                                   */
    NOT_REACHED,   /* this time the process did not make this call: no verdict                */
    VERDICTS,
};

/* The heading of a column: "guard". */
const char *verdict_name(enum verdict v);

/* LOST and what follows: what must not happen. */
bool verdict_is_bad(enum verdict v);

/* Judges a run. `error` or `signal` is the fault; the other is 0. */
enum verdict verdict_of(const struct seen *run, const struct seen *faultless, int error,
                        int signal);

/* Puts into text[size] what a reader needs to find the cause: what was left, the last message. */
void verdict_explain(const struct seen *run, const struct seen *faultless, enum verdict v,
                     char *text, size_t size);

#endif
