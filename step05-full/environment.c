#include "environment.h"

#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int environment_parse(const char *text, void *value)
{
    size_t name = strcspn(text, "=");

    if (name == 0 || !text[name] || isdigit((unsigned char)*text)) {
        errno = EINVAL;
        return report_errno("env '%.80s' (wanted: NAME=VALUE)", text);
    }
    return cli_list_append(text, value);
}

int environment_add(const struct cli_list *variables)
{
    for (int i = 0; i < variables->count; i++)
        /* putenv(3) keeps the text, which is the caller's argument and lasts. */
        if (putenv((char *)variables->items[i]) != 0)
            return report_errno("set %s", variables->items[i]);
    return 0;
}

int environment_parse_path(const char *text, void *value)
{
    size_t length = strlen(text);
    const char *last = length < 3 ? text : text + length - 3;

    if (*text != '/' || strstr(text, "/../") || strcmp(last, "/..") == 0) {
        errno = EINVAL;
        return report_errno("path '%.80s' (wanted: an absolute one, without ..)", text);
    }
    *(const char **)value = text;
    return 0;
}

int environment_enter(const char *path)
{
    char seen[PATH_MAX];

    if (!path)
        path = "/";
    if (chdir(path) < 0)
        return report_errno("make %s the working directory", path);
    if (!getcwd(seen, sizeof(seen)))
        return report_errno("find the working directory");
    if (*seen == '/')
        return 0;
    errno = ENOENT;
    return report_errno("the working directory %s is outside of the container", path);
}
