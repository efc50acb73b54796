#include "doctor.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const states[] = {"", "ok", "note", "lack"};

unsigned steps_that_run(const struct findings *f, enum who who)
{
    unsigned steps = 0;

    for (unsigned step = 1; step <= STEPS; step++)
        steps |= STEP(step);
    for (size_t i = 0; i < f->count; i++)
        if (f->results[i][who].state == LACK)
            steps &= ~f->checks[i].steps;
    return steps;
}

static const char *name_of(const struct findings *f, enum who who)
{
    return who == ROOT ? "root" : f->user;
}

/* "3 4 5", or "3, 4, 5" */
static const char *list_steps(unsigned steps, const char *separator)
{
    static char list[4 * STEPS];
    char *end = list;

    *end = '\0';
    for (unsigned step = 1; step <= STEPS; step++)
        if (steps & STEP(step))
            end += sprintf(end, "%s%u", end == list ? "" : separator, step);
    return list;
}

static void print_safely(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(iscntrl((unsigned char)*text) ? '?' : *text, out);
    fputc('\n', out);
}

static void print_line(FILE *out, const struct check *check, const struct result *r, const char *as)
{
    const char *steps = list_steps(check->steps, " ");

    fprintf(out, "%-17s %-4s  %-9s  %-8s  ", check->code, states[r->state], *steps ? steps : "-",
            as);
    print_safely(out, r->found);
    if (*r->cure) {
        fprintf(out, "%-17s cure: ", "");
        print_safely(out, r->cure);
    }
}

static bool is_same(const struct result *a, const struct result *b)
{
    return a->state == b->state && strcmp(a->found, b->found) == 0 && strcmp(a->cure, b->cure) == 0;
}

static void print_verdict(FILE *out, const struct findings *f, enum who who)
{
    const char *steps = list_steps(steps_that_run(f, who), " ");

    fprintf(out, "as %s: ", name_of(f, who));
    if (f->tried[who])
        fputs(*steps ? steps : "none", out);
    else
        fputs(who == ROOT ? "not tried (sudo build/doctor)" : "not tried", out);
}

void print_text(FILE *out, const struct findings *f)
{
    fprintf(out, "%-17s %-4s  %-9s  %-8s  %s\n", "CHECK", "IS", "FOR STEPS", "AS", "FOUND");
    for (size_t i = 0; i < f->count; i++) {
        const struct result *root = &f->results[i][ROOT], *user = &f->results[i][USER];

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
    print_verdict(out, f, ROOT);
    fputs("; ", out);
    print_verdict(out, f, USER);
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
void print_json_string(FILE *out, const char *text)
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
    print_json_string(out, value);
    fputs(end, out);
}

static void print_json_result(FILE *out, const struct findings *f, size_t i, enum who who)
{
    const struct result *r = &f->results[i][who];

    fputs("    {", out);
    print_json_pair(out, "code", f->checks[i].code, ", ");
    print_json_pair(out, "as", who == ROOT ? "root" : "user", ", ");
    print_json_pair(out, "state", states[r->state], ", ");
    fprintf(out, "\"steps\": [%s], ", list_steps(f->checks[i].steps, ", "));
    print_json_pair(out, "found", r->found, ", ");
    print_json_pair(out, "cure", r->cure, "}");
}

static void print_json_verdict(FILE *out, const struct findings *f, enum who who)
{
    if (f->tried[who])
        fprintf(out, "[%s]", list_steps(steps_that_run(f, who), ", "));
    else
        fputs("null", out);
}

void print_json(FILE *out, const struct findings *f)
{
    const char *separator = "";

    fputs("{\n  \"checks\": [\n", out);
    for (size_t i = 0; i < f->count; i++)
        for (enum who who = ROOT; who <= USER; who++) {
            if (!f->results[i][who].state)
                continue;
            fputs(separator, out);
            print_json_result(out, f, i, who);
            separator = ",\n";
        }
    fputs("\n  ],\n  ", out);
    print_json_pair(out, "user", f->user, ",\n  \"steps\": {\"root\": ");
    print_json_verdict(out, f, ROOT);
    fputs(", \"user\": ", out);
    print_json_verdict(out, f, USER);
    fputs("}\n}\n", out);
}
