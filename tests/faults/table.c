#include "table.h"

#include "calls.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void print_heading(const struct sweep *sweep)
{
    printf("\n%s: %d calls\n%-9s%6s", sweep->subject->label, sweep->points, "", "runs");
    for (int v = 0; v < NOT_REACHED; v++)
        printf(" %*s", (int)strlen(verdict_name(v)), verdict_name(v));
    printf("\n");
}

static bool has_kind(const struct fault *f, const struct fault *kind)
{
    return f->error == kind->error && f->signal == kind->signal;
}

/* Prints the row of all faults of one kind. */
static void print_row(const struct sweep *sweep, const struct fault *kind)
{
    int counts[VERDICTS] = {0}, runs = 0;

    for (int i = 0; i < sweep->faults; i++)
        if (has_kind(&sweep->fault[i], kind)) {
            counts[sweep->fault[i].verdict]++;
            runs++;
        }
    if (runs == 0)
        return;
    printf("%-9s%6d", sweep_fault_name(kind), runs);
    for (int v = 0; v < NOT_REACHED; v++)
        printf(" %*d", (int)strlen(verdict_name(v)), counts[v]);
    if (counts[NOT_REACHED])
        printf("  (%d not reached)", counts[NOT_REACHED]);
    printf("\n");
}

/* One line for all faults at one point that had the same verdict. */
static void print_bad(const struct sweep *sweep, int first)
{
    const struct fault *f = &sweep->fault[first];
    char label[128];

    sweep_label(sweep, f, label, sizeof(label));
    printf("%s: %s", verdict_name(f->verdict), label);
    for (int i = first; i < sweep->faults && sweep->fault[i].point == f->point; i++)
        if (sweep->fault[i].verdict == f->verdict)
            printf(" %s", sweep_fault_name(&sweep->fault[i]));
    printf(": %s\n", f->detail);
}

static bool is_told(const struct sweep *sweep, int index)
{
    const struct fault *f = &sweep->fault[index];

    for (int i = index - 1; i >= 0 && sweep->fault[i].point == f->point; i--)
        if (sweep->fault[i].verdict == f->verdict)
            return true;
    return false;
}

int table_print(const struct sweep *sweep)
{
    int bad = 0;

    print_heading(sweep);
    for (int i = 0; i < CALLS_MOST_ERRORS; i++)
        print_row(sweep, &(struct fault){.error = calls_all_errors[i]});
    for (int i = 0; i < SWEEP_SIGNALS; i++)
        print_row(sweep, &(struct fault){.signal = sweep_signals[i]});
    for (int i = 0; i < sweep->faults; i++) {
        if (!verdict_is_bad(sweep->fault[i].verdict))
            continue;
        bad++;
        if (!is_told(sweep, i))
            print_bad(sweep, i);
    }
    fflush(stdout);
    return bad;
}
