#include "mounts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mounts_unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from; to++) {
        unsigned byte;

        if (sscanf(from, "\\%3o", &byte) == 1) {
            *to = (char)byte;
            from += strlen("\\040");
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/* The root folder is the only one whose path ends with a slash. */
static bool is_below(const char *place, const char *folder)
{
    size_t length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

    return strncmp(place, folder, length) == 0 && place[length] == '/' && place[length + 1];
}

bool mounts_find_below(const char *path, char *found)
{
    char folder[PATH_MAX], line[3 * PATH_MAX];
    bool is_found = false;
    FILE *list = realpath(path, folder) ? fopen("/proc/self/mountinfo", "re") : NULL;

    while (list && !is_found && fgets(line, sizeof(line), list)) {
        if (sscanf(line, "%*d %*d %*s %*s %4095s", found) != 1)
            continue;
        mounts_unescape(found);
        is_found = is_below(found, folder);
    }
    if (list)
        fclose(list);
    return is_found;
}
