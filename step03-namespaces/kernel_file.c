#include "kernel_file.h"

#include "file.h"
#include "report.h"

#include <limits.h>

int kernel_file_write(const char *dir, const char *name, const char *text)
{
    char path[PATH_MAX];

    if (file_join(path, sizeof(path), dir, name) < 0)
        return -1;
    explain_write(text, path);
    if (file_write(path, text) < 0)
        return report_errno("write '%s' to %s", text, path);
    return 0;
}
