#include "workdir.h"

#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

int workdir_parse(const char *text, void *value)
{
    size_t length = strlen(text);
    const char *last = length < 3 ? text : text + length - 3;

    if (*text != '/' || strstr(text, "/../") || strcmp(last, "/..") == 0) {
        errno = EINVAL;
        return report_errno("path '%.80s' (wanted: an absolute path without ..)", text);
    }
    *(const char **)value = text;
    return 0;
}

int workdir_enter(const char *path)
{
    char seen[PATH_MAX];

    if (!path)
        path = "/";
    explain("cd", path, NULL);
    if (chdir(path) < 0)
        return report_errno("make %s the working directory", path);
    if (!getcwd(seen, sizeof(seen)))
        return report_errno("find the working directory");
    if (*seen == '/')
        return 0;
    errno = ENOENT;
    return report_errno("the working directory %s is outside of the container", path);
}
