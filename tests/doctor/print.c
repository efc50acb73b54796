#include "doctor.h"

#include "report.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const states[] = {"", "ok", "note", "lack"};

static bool runs(const struct doctor_findings *f, enum doctor_who who, char step)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->results[i][who].state == DOCTOR_LACK && strchr(f->checks[i].steps, step))
            return false;
    return true;
}

const char *doctor_steps_that_run(const struct doctor_findings *f, enum doctor_who who)
{
    static char steps[sizeof(DOCTOR_STEPS)];
    char *end = steps;

    for (const char *step = DOCTOR_STEPS; *step; step++)
        if (runs(f, who, *step))
            *end++ = *step;
    *end = '\0';
    return steps;
}

/* "3 4 5", or "3, 4, 5" */
static const char *list(const char *steps, const char *separator)
{
    static char text[4 * sizeof(DOCTOR_STEPS)];
    char *end = text;

    *end = '\0';
    for (; *steps; steps++)
        end += sprintf(end, "%s%c", end == text ? "" : separator, *steps);
    return text;
}

static bool is_same(const struct doctor_result *a, const struct doctor_result *b)
{
    return a->state == b->state && strcmp(a->found, b->found) == 0 && strcmp(a->cure, b->cure) == 0;
}

static void print_line(FILE *out, const struct doctor_check *check, const struct doctor_result *r,
                       const char *as)
{
    const char *steps = *check->steps ? list(check->steps, " ") : "-";

    fprintf(out, "%-17s %-4s  %-9s  %-8s  ", check->code, states[r->state], steps, as);
    report_safely(out, r->found);
    if (*r->cure) {
        fprintf(out, "\n%-17s cure: ", "");
        report_safely(out, r->cure);
    }
    fputc('\n', out);
}

static void print_verdict(FILE *out, const struct doctor_findings *f, enum doctor_who who)
{
    const char *steps = list(doctor_steps_that_run(f, who), " ");

    if (!f->tried[who])
        steps = who == DOCTOR_ROOT ? "not tried (sudo build/doctor)" : "not tried";
    fprintf(out, "as %s: %s", who == DOCTOR_ROOT ? "root" : f->user, *steps ? steps : "none");
}

void doctor_print_text(FILE *out, const struct doctor_findings *f)
{
    fprintf(out, "%-17s %-4s  %-9s  %-8s  %s\n", "CHECK", "IS", "FOR STEPS", "AS", "FOUND");
    for (size_t i = 0; i < f->count; i++) {
        const struct doctor_result *root = &f->results[i][DOCTOR_ROOT];
        const struct doctor_result *user = &f->results[i][DOCTOR_USER];
        bool same = is_same(root, user);

        if (root->state)
            print_line(out, &f->checks[i], root, same ? "both" : "root");
        if (user->state && !same)
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
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    int length = *text < 0x80 ? 1 : (*text < 0xe0 ? 2 : (*text < 0xf0 ? 3 : 4));
    unsigned value = *text & (length == 1 ? 0x7f : 0xff >> (length + 1));

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

static void print_json_result(FILE *out, const struct doctor_check *check,
                              const struct doctor_result *r, const char *as)
{
    fprintf(out, "    {\"code\": \"%s\", \"as\": \"%s\", \"state\": \"%s\", \"steps\": [%s], ",
            check->code, as, states[r->state], list(check->steps, ", "));
    fputs("\"found\": ", out);
    doctor_print_json_string(out, r->found);
    fputs(", \"cure\": ", out);
    doctor_print_json_string(out, r->cure);
    fputc('}', out);
}

static void print_json_verdict(FILE *out, const struct doctor_findings *f, enum doctor_who who)
{
    if (f->tried[who])
        fprintf(out, "[%s]", list(doctor_steps_that_run(f, who), ", "));
    else
        fputs("null", out);
}

void doctor_print_json(FILE *out, const struct doctor_findings *f)
{
    static const char *const names[] = {"root", "user"};
    const char *separator = "";

    fputs("{\n  \"checks\": [\n", out);
    for (size_t i = 0; i < 2 * f->count; i++) {
        const struct doctor_result *r = &f->results[i / 2][i % 2];

        if (r->state) {
            fputs(separator, out);
            print_json_result(out, &f->checks[i / 2], r, names[i % 2]);
            separator = ",\n";
        }
    }
    fputs("\n  ],\n  \"user\": ", out);
    doctor_print_json_string(out, f->user);
    fputs(",\n  \"steps\": {\"root\": ", out);
    print_json_verdict(out, f, DOCTOR_ROOT);
    fputs(", \"user\": ", out);
    print_json_verdict(out, f, DOCTOR_USER);
    fputs("}\n}\n", out);
}
