#include "doctor.h"

#include "file.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void doctor_conclude(struct doctor_result *r, enum doctor_state state, const char *found, ...)
{
    va_list arguments;

    r->state = state;
    va_start(arguments, found);
    vsnprintf(r->found, sizeof(r->found), found, arguments);
    va_end(arguments);
}

void doctor_cure(struct doctor_result *r, const char *command, ...)
{
    va_list arguments;

    va_start(arguments, command);
    vsnprintf(r->cure, sizeof(r->cure), command, arguments);
    va_end(arguments);
}

void doctor_make_check(const struct doctor_check *check, struct doctor_machine *m,
                       struct doctor_result *r)
{
    m->check = check;
    check->examine(m, r);
    if (r->state != DOCTOR_LACK || *r->cure)
        return;
    /* /tmp becomes a volume: the engine's own file system is an overlay already. */
    if (m->engine)
        doctor_cure(r, "%s run -it --privileged -v /tmp IMAGE", m->engine);
    else
        doctor_cure(r, "make vm");
}

bool doctor_read(const struct doctor_machine *m, const char *path, char *text, size_t size)
{
    char whole[PATH_MAX];

    snprintf(whole, sizeof(whole), "%s%s", m->root, path);
    return file_read(whole, text, size) == 0;
}

bool doctor_has_word(char *text, const char *word)
{
    const char *next;

    while ((next = strsep(&text, " \t\n")))
        if (strcmp(next, word) == 0)
            return true;
    return false;
}
