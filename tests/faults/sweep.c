#include "sweep.h"

#include "calls.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ATTEMPTS = 3 };

const int sweep_signals[SWEEP_SIGNALS] = {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGUSR1};

const char *sweep_fault_name(const struct fault *f)
{
    return f->signal ? sigabbrev_np(f->signal) : strerrorname_np(f->error);
}

void sweep_label(const struct sweep *sweep, const struct fault *f, char *text, size_t size)
{
    const struct point *p = &sweep->point[f->point];

    snprintf(text, size, "%s: %s %s#%d", sweep->subject->label, p->process, calls_name(p->call),
             p->nth);
}

/* The run without a fault, twice: what differs between the two is no guard, but chance. */
static int run_faultless(struct seen *faultless)
{
    static struct seen again;

    if (stage_run(NULL, faultless) < 0 || stage_run(NULL, &again) < 0)
        return -1;
    if (strcmp(faultless->out, again.out) == 0 && strcmp(faultless->guards, again.guards) == 0)
        return 0;
    fprintf(stderr, "faults: two runs without a fault differ:\n%s%s--- and\n%s%s", faultless->out,
            faultless->guards, again.out, again.guards);
    return -1;
}

/* Finds all points. Called in a child, as all that runs on a stage. */
static int scout(struct sweep *sweep)
{
    static struct seen seen;
    const struct plan plan = {.found = sweep->point, .room = SWEEP_MOST_POINTS};

    if (run_faultless(&seen) < 0)
        return -1;
    if (!strstr(seen.out, "end")) {
        snprintf(sweep->trouble, sizeof(sweep->trouble), "%.300s", seen.err);
        return 0;
    }
    if (stage_run(&plan, &seen) < 0)
        return -1;
    sweep->points = seen.course.found;
    return 0;
}

static int run_fault(struct sweep *sweep, struct fault *f, const struct seen *faultless)
{
    static struct seen run;
    const struct plan plan = {
        .point = &sweep->point[f->point], .error = f->error, .signal = f->signal};

    f->verdict = NOT_REACHED;
    for (int i = 0; i < ATTEMPTS && f->verdict == NOT_REACHED; i++) {
        if (stage_run(&plan, &run) < 0)
            return -1;
        f->verdict = verdict_of(&run, faultless, f->error, f->signal);
    }
    verdict_explain(&run, faultless, f->verdict, f->detail, sizeof(f->detail));
    stage_shorten(f->detail);
    return 0;
}

static int work(struct sweep *sweep)
{
    static struct seen faultless;

    if (run_faultless(&faultless) < 0)
        return -1;
    for (;;) {
        int i = __atomic_fetch_add(&sweep->next, 1, __ATOMIC_RELAXED);

        if (i >= sweep->faults)
            return 0;
        if (run_fault(sweep, &sweep->fault[i], &faultless) < 0)
            return -1;
    }
}

/*
 * A signal that asks to stop lets each worker end its run and remove its stage. A worker ignores
 * the signal itself; stage.c undoes this for the programs.
 */
static struct sweep *current;
static volatile sig_atomic_t stopped;
static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
    if (current)
        current->next = SWEEP_MOST_FAULTS;
}

static void on_stop_signals(void (*handler)(int))
{
    for (size_t i = 0; i < sizeof(stop_signals) / sizeof(*stop_signals); i++)
        signal(stop_signals[i], handler);
}

static pid_t start_on_stage(struct sweep *sweep, const struct settings *settings, int number,
                            int (*act)(struct sweep *))
{
    fflush(stdout); /* or the child prints it too */
    pid_t pid = fork();

    if (pid == 0) {
        on_stop_signals(SIG_IGN);
        int result = stage_make(sweep->subject, settings->build, settings->folder, number);

        if (result == 0)
            result = act(sweep);
        stage_remove();
        _exit(result < 0);
    }
    return pid;
}

static int run_on_stages(struct sweep *sweep, const struct settings *settings, int stages,
                         int (*act)(struct sweep *))
{
    int status, result = 0;

    for (int i = 0; i < stages; i++)
        if (start_on_stage(sweep, settings, i, act) < 0)
            result = -1;
    for (;;) {
        pid_t pid = wait(&status);

        if (pid < 0 && errno != EINTR)
            return result;
        if (pid > 0 && status != 0)
            result = -1;
    }
}

static void add_fault(struct sweep *sweep, const struct settings *settings, int point, int error,
                      int signal)
{
    struct fault f = {.point = point, .error = error, .signal = signal};
    char label[128], whole[160];

    if (sweep->faults == SWEEP_MOST_FAULTS || rand() % settings->every != 0)
        return;
    sweep_label(sweep, &f, label, sizeof(label));
    snprintf(whole, sizeof(whole), "%s %s ", label, sweep_fault_name(&f));
    if (!settings->only || strstr(whole, settings->only))
        sweep->fault[sweep->faults++] = f;
}

static void choose_faults(struct sweep *sweep, const struct settings *settings)
{
    int errors[CALLS_MOST_ERRORS];

    for (int i = 0; i < sweep->points; i++) {
        int count = sweep->subject->is_peer ? 0 : calls_errors(sweep->point[i].call, errors);

        for (int j = 0; j < count; j++)
            add_fault(sweep, settings, i, errors[j], 0);
        for (int j = 0; j < SWEEP_SIGNALS; j++)
            add_fault(sweep, settings, i, 0, sweep_signals[j]);
    }
}

int sweep_run(struct sweep *sweep, const struct settings *settings)
{
    current = sweep;
    on_stop_signals(stop);
    if (run_on_stages(sweep, settings, 1, scout) < 0)
        return -1;
    choose_faults(sweep, settings);
    if (sweep->faults == 0)
        return 0;
    int result = run_on_stages(sweep, settings, settings->jobs, work);
    return stopped ? -1 : result;
}
