#include "doctor.h"

#include "report.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const states[] = {"", "ok", "note", "lack"};

unsigned doctor_steps_that_run(const struct doctor_findings *f, enum doctor_who who)
{
    unsigned steps = 0;

    for (unsigned step = 1; step <= DOCTOR_STEPS; step++)
        steps |= DOCTOR_STEP(step);
    for (size_t i = 0; i < f->count; i++)
        if (f->results[i][who].state == DOCTOR_LACK)
            steps &= ~f->checks[i].steps;
    return steps;
}

static const char *name_of(const struct doctor_findings *f, enum doctor_who who)
{
    return who == DOCTOR_ROOT ? "root" : f->user;
}

/* "3 4 5", or "3, 4, 5" */
static const char *list_steps(unsigned steps, const char *separator)
{
    static char list[4 * DOCTOR_STEPS];
    char *end = list;

    *end = '\0';
    for (unsigned step = 1; step <= DOCTOR_STEPS; step++)
        if (steps & DOCTOR_STEP(step))
            end += sprintf(end, "%s%u", end == list ? "" : separator, step);
    return list;
}

static void print_line(FILE *out, const struct doctor_check *check, const struct doctor_result *r,
                       const char *as)
{
    const char *steps = list_steps(check->steps, " ");

    fprintf(out, "%-17s %-4s  %-9s  %-8s  ", check->code, states[r->state], *steps ? steps : "-",
            as);
    report_safely(out, r->found);
    if (*r->cure) {
        fprintf(out, "\n%-17s cure: ", "");
        report_safely(out, r->cure);
    }
    fputc('\n', out);
}

static bool is_same(const struct doctor_result *a, const struct doctor_result *b)
{
    return a->state == b->state && strcmp(a->found, b->found) == 0 && strcmp(a->cure, b->cure) == 0;
}

static void print_verdict(FILE *out, const struct doctor_findings *f, enum doctor_who who)
{
    const char *steps = list_steps(doctor_steps_that_run(f, who), " ");

    fprintf(out, "as %s: ", name_of(f, who));
    if (f->tried[who])
        fputs(*steps ? steps : "none", out);
    else
        fputs(who == DOCTOR_ROOT ? "not tried (sudo build/doctor)" : "not tried", out);
}

void doctor_print_text(FILE *out, const struct doctor_findings *f)
{
    fprintf(out, "%-17s %-4s  %-9s  %-8s  %s\n", "CHECK", "IS", "FOR STEPS", "AS", "FOUND");
    for (size_t i = 0; i < f->count; i++) {
        const struct doctor_result *root = &f->results[i][DOCTOR_ROOT],
                                   *user = &f->results[i][DOCTOR_USER];

        if (root->state && is_same(root, user)) {
            print_line(out, &f->checks[i], root, "both");
            continue;
        }
        if (root->state)
            print_line(out, &f->checks[i], root, "root");
        if (user->state)
            print_line(out, &f->checks[i], user, f->user);
    }
    fputs("steps ", out);
    print_verdict(out, f, DOCTOR_ROOT);
    fputs("; ", out);
    print_verdict(out, f, DOCTOR_USER);
    fputc('\n', out);
}

/* The length of the UTF-8 character at `text`, or 0 when it is none: RFC 3629. */
static int length_of_character(const unsigned char *text)
{
    int length = *text < 0x80 ? 1 : (*text < 0xe0 ? 2 : (*text < 0xf0 ? 3 : 4));
    unsigned value = *text & (length == 1 ? 0x7f : 0xff >> (length + 1));
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};

    if (*text > 0xf4 || (*text >= 0x80 && *text < 0xc2))
        return 0;
    for (int i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3f);
    }
    bool surrogate = value >= 0xd800 && value < 0xe000;
    return value < least[length] || value > 0x10ffff || surrogate ? 0 : length;
}

/* RFC 8259. A byte that is no UTF-8, as a path may have, becomes '?'. */
void doctor_print_json_string(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text) {
        int length = length_of_character((const unsigned char *)text);

        if (length == 0)
            fputc('?', out);
        else if ((unsigned char)*text < 0x20)
            fprintf(out, "\\u%04x", (unsigned)*text);
        else
            fprintf(out, "%s%.*s", strchr("\"\\", *text) ? "\\" : "", length, text);
        text += length ? length : 1;
    }
    fputc('"', out);
}

static void print_json_pair(FILE *out, const char *key, const char *value, const char *end)
{
    fprintf(out, "\"%s\": ", key);
    doctor_print_json_string(out, value);
    fputs(end, out);
}

static void print_json_result(FILE *out, const struct doctor_findings *f, size_t i,
                              enum doctor_who who)
{
    const struct doctor_result *r = &f->results[i][who];

    fputs("    {", out);
    print_json_pair(out, "code", f->checks[i].code, ", ");
    print_json_pair(out, "as", who == DOCTOR_ROOT ? "root" : "user", ", ");
    print_json_pair(out, "state", states[r->state], ", ");
    fprintf(out, "\"steps\": [%s], ", list_steps(f->checks[i].steps, ", "));
    print_json_pair(out, "found", r->found, ", ");
    print_json_pair(out, "cure", r->cure, "}");
}

static void print_json_verdict(FILE *out, const struct doctor_findings *f, enum doctor_who who)
{
    if (f->tried[who])
        fprintf(out, "[%s]", list_steps(doctor_steps_that_run(f, who), ", "));
    else
        fputs("null", out);
}

void doctor_print_json(FILE *out, const struct doctor_findings *f)
{
    const char *separator = "";

    fputs("{\n  \"checks\": [\n", out);
    for (size_t i = 0; i < f->count; i++)
        for (enum doctor_who who = DOCTOR_ROOT; who <= DOCTOR_USER; who++) {
            if (!f->results[i][who].state)
                continue;
            fputs(separator, out);
            print_json_result(out, f, i, who);
            separator = ",\n";
        }
    fputs("\n  ],\n  ", out);
    print_json_pair(out, "user", f->user, ",\n  \"steps\": {\"root\": ");
    print_json_verdict(out, f, DOCTOR_ROOT);
    fputs(", \"user\": ", out);
    print_json_verdict(out, f, DOCTOR_USER);
    fputs("}\n}\n", out);
}
