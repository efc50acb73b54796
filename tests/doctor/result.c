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

void doctor_cure_elsewhere(const struct doctor_machine *m, struct doctor_result *r)
{
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

bool doctor_has_word(const char *text, const char *word)
{
    static const char blanks[] = " \t\n";
    size_t length = strlen(word);

    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        size_t next = strcspn(text, blanks);

        if (next == length && strncmp(text, word, length) == 0)
            return true;
        text += next;
    }
    return false;
}
