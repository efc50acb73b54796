#include "verdict.h"

#include "inventory.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { LATE_MS = 1500, NOT_MADE = 125, KILLED = 128 };

const char *verdict_name(enum verdict v)
{
    static const char *const names[VERDICTS] = {"reported", "harmless", "other",   "named",
                                                "lost",     "late",     "silent",  "guard",
                                                "left",     "hung",     "orphans", "not reached"};

    return names[v];
}

bool verdict_is_bad(enum verdict v)
{
    return v >= LOST && v <= ORPHANS;
}

/* The probe's last line. Where it is missing, the command did not run, or not to its end. */
static bool ran(const struct seen *s)
{
    return strstr(s->out, "end\n") || strstr(s->out, "end\r\n");
}

static bool is_same(const struct seen *a, const struct seen *b)
{
    return a->course.status == b->course.status && strcmp(a->out, b->out) == 0 &&
           strcmp(a->err, b->err) == 0 && strcmp(a->guards, b->guards) == 0;
}

/* Messages write an errno as "ENOENT (No such file or directory)". */
static bool names_another(const char *text, const char *symbol)
{
    for (const char *word = text; (word = strstr(word, " E")); word++) {
        size_t length = 1;

        while (isupper((unsigned char)word[length]) || isdigit((unsigned char)word[length]))
            length++;
        if (length > 3 && strncmp(word + length, " (", 2) == 0)
            return !strstr(text, symbol);
    }
    return false;
}

static enum verdict of_error(const struct seen *run, const struct seen *faultless, int error)
{
    int status = run->course.status;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0; /* 0: it crashed */
    bool spoke = strcmp(run->err, faultless->err) != 0;

    if (!spoke || (status != faultless->course.status && code < NOT_MADE))
        return SILENT;
    if (status == 0 && !ran(run)) /* a caller that looks at the status alone believes in success */
        return SILENT;
    return names_another(run->err, strerrorname_np(error)) ? OTHER_ERRNO : REPORTED;
}

static enum verdict of_signal(const struct seen *run, const struct seen *faultless, int signal)
{
    int status = run->course.status;
    bool asks_to_stop = signal == SIGINT || signal == SIGTERM || signal == SIGHUP;

    if (run->course.before_command && asks_to_stop) {
        if (status == faultless->course.status)
            return LOST;
        if (run->course.ms > LATE_MS)
            return LATE;
    }
    if (is_same(run, faultless))
        return HARMLESS;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == signal ? REPORTED : SILENT;
    return WEXITSTATUS(status) == KILLED + signal || *run->err ? REPORTED : SILENT;
}

enum verdict verdict_of(const struct seen *run, const struct seen *faultless, int error, int signal)
{
    if (!run->course.reached)
        return NOT_REACHED;
    if (run->course.orphans)
        return ORPHANS;
    if (run->course.hung)
        return HUNG;
    if (*run->left)
        return LEFT_OVER;
    if (ran(run) &&
        (strcmp(run->out, faultless->out) != 0 || strcmp(run->guards, faultless->guards) != 0))
        return GUARD_DIFFERS;
    if (run->named)
        return NAMED;
    if (signal)
        return of_signal(run, faultless, signal);
    return is_same(run, faultless) ? HARMLESS : of_error(run, faultless, error);
}

static const char *last_line(const char *text, int *length)
{
    const char *end = text + strlen(text);

    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    const char *start = end;
    while (start > text && start[-1] != '\n')
        start--;
    *length = (int)(end - start);
    return start;
}

static void find_difference(const struct seen *run, const struct seen *faultless, char *line,
                            size_t size)
{
    inventory_compare(faultless->guards, run->guards, line, size);
    if (!*line)
        inventory_compare(faultless->out, run->out, line, size);
}

void verdict_explain(const struct seen *run, const struct seen *faultless, enum verdict v,
                     char *text, size_t size)
{
    int status = run->course.status, length = 0;
    const char *message = "";
    char what[256] = "";

    if (strcmp(run->err, faultless->err) != 0)
        message = last_line(run->err, &length);
    if (v == LEFT_OVER)
        snprintf(what, sizeof(what), "; %.200s", run->left);
    if (v == GUARD_DIFFERS) {
        strcpy(what, "; ");
        find_difference(run, faultless, what + 2, sizeof(what) - 2);
    }
    snprintf(text, size, "%s %d%s%s%.*s", WIFEXITED(status) ? "status" : "signal",
             WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), what, length ? "; " : "",
             length, message);
}
