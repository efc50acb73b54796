#include "doctor.h"

static const char *const states[] = {"", "ok", "note", "lack"};
static const char *const names[] = {"root", "user"};

const char *doctor_steps_that_run(const struct doctor_check *checks, enum doctor_who who)
{
    static char steps[sizeof(DOCTOR_STEPS)];
    char *end = steps;

    for (const char *step = DOCTOR_STEPS; *step; step++) {
        const struct doctor_check *c = checks;

        while (c->code && (c->result[who].state != DOCTOR_LACK || !strchr(c->steps, *step)))
            c++;
        if (!c->code)
            *end++ = *step;
    }
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

static void print_line(FILE *out, const struct doctor_check *check, const struct doctor_result *r,
                       const char *as)
{
    if (!r->state)
        return;
    fprintf(out, "%-17s %-4s  %-9s  %-8s  ", check->code, states[r->state],
            *check->steps ? list(check->steps, " ") : "-", as);
    report_safely(out, r->found);
    if (*r->cure) {
        fprintf(out, "\n%-17s cure: ", "");
        report_safely(out, r->cure);
    }
    fputc('\n', out);
}

void doctor_print_text(FILE *out, const struct doctor_check *checks, const char *user)
{
    fprintf(out, "%-17s %-4s  %-9s  %-8s  %s\n", "CHECK", "IS", "FOR STEPS", "AS", "FOUND");
    for (const struct doctor_check *check = checks; check->code; check++) {
        const struct doctor_result *root = &check->result[DOCTOR_ROOT], *other = root + 1;
        bool same = root->state == other->state && strcmp(root->found, other->found) == 0 &&
                    strcmp(root->cure, other->cure) == 0;

        print_line(out, check, root, same ? "both" : "root");
        if (!same)
            print_line(out, check, other, user);
    }
    for (int who = DOCTOR_ROOT; who <= DOCTOR_USER; who++) {
        const char *steps = list(doctor_steps_that_run(checks, who), " ");

        if (!checks->result[who].state) /* the first check is about both */
            steps = who == DOCTOR_ROOT ? "not tried (sudo build/doctor)" : "not tried";
        fprintf(out, who == DOCTOR_ROOT ? "steps as %s: %s; " : "as %s: %s\n",
                who == DOCTOR_ROOT ? "root" : user, *steps ? steps : "none");
    }
}

/* The length of the UTF-8 character at `text`, or 0 when it is none: RFC 3629, section 4. */
static int length_of_character(const unsigned char *text)
{
    int length = *text < 0x80 ? 1 : (*text < 0xe0 ? 2 : (*text < 0xf0 ? 3 : 4));
    /* Other second bytes would be too long a form, half of a UTF-16 pair, or too large a number. */
    int least = *text == 0xe0 ? 0xa0 : (*text == 0xf0 ? 0x90 : 0x80);
    int most = *text == 0xed ? 0x9f : (*text == 0xf4 ? 0x8f : 0xbf);

    if (*text > 0xf4 || (*text >= 0x80 && *text < 0xc2))
        return 0;
    for (int i = 1; i < length; i++)
        if (text[i] < (i == 1 ? least : 0x80) || text[i] > (i == 1 ? most : 0xbf))
            return 0;
    return length;
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

static void print_json_result(FILE *out, const struct doctor_check *check, enum doctor_who who)
{
    const struct doctor_result *r = &check->result[who];

    fprintf(out, "    {\"code\": \"%s\", \"as\": \"%s\", \"state\": \"%s\", \"steps\": [%s], ",
            check->code, names[who], states[r->state], list(check->steps, ", "));
    fputs("\"found\": ", out);
    doctor_print_json_string(out, r->found);
    fputs(", \"cure\": ", out);
    doctor_print_json_string(out, r->cure);
    fputc('}', out);
}

void doctor_print_json(FILE *out, const struct doctor_check *checks, const char *user)
{
    const char *separator = "{\n  \"checks\": [\n";

    for (const struct doctor_check *check = checks; check->code; check++)
        for (int who = DOCTOR_ROOT; who <= DOCTOR_USER; who++)
            if (check->result[who].state) {
                fputs(separator, out);
                print_json_result(out, check, who);
                separator = ",\n";
            }
    fputs("\n  ],\n  \"user\": ", out);
    doctor_print_json_string(out, user);
    separator = ",\n  \"steps\": {";
    for (int who = DOCTOR_ROOT; who <= DOCTOR_USER; who++) {
        fprintf(out, "%s\"%s\": ", separator, names[who]);
        fprintf(out, checks->result[who].state ? "[%s]" : "null",
                list(doctor_steps_that_run(checks, who), ", "));
        separator = ", ";
    }
    fputs("}\n}\n", out);
}
