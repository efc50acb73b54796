/*
 * sweep: runs a subject again and again, each time with one fault at one point, on many stages.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include "inject.h"
#include "subject.h"
#include "verdict.h"

#include <stdbool.h>
#include <stddef.h>

enum { SWEEP_DETAIL = 320, SWEEP_MOST_POINTS = 4096, SWEEP_MOST_FAULTS = 1 << 16 };

/* What is sent to the programs. */
enum { SWEEP_SIGNALS = 6 };
extern const int sweep_signals[SWEEP_SIGNALS];

/* One fault at one point, and what came of it. */
struct fault {
    int point;         /* an index  */
    int error, signal; /* one is 0  */
    enum verdict verdict;
    char detail[SWEEP_DETAIL];
};

/* Workers share it in memory. */
struct sweep {
    const struct subject *subject;
    int points, faults;
    int next;                   /* the fault that is run next                        */
    char trouble[SWEEP_DETAIL]; /* why the subject does not run here, or "" */
    struct point point[SWEEP_MOST_POINTS];
    struct fault fault[SWEEP_MOST_FAULTS];
};

struct settings {
    const char *build;  /* the folder of the programs                              */
    const char *folder; /* for the stages                                          */
    const char *only;   /* if not NULL: only faults with this word in their labels */
    int jobs;           /* stages at once                                          */
    int every;          /* 1: all faults; 20: one of each 20, at random            */
    unsigned seed;
    bool with_peers;
};

/* Fills in the sweep of one subject. Returns 0, or -1 after a report. */
int sweep_run(struct sweep *sweep, const struct settings *settings);

/* "step05 root 0.1 mkdir#3" and "EIO" or "TERM". */
void sweep_label(const struct sweep *sweep, const struct fault *f, char *text, size_t size);
const char *sweep_fault_name(const struct fault *f);

#endif
