#include "record.h"

#include "file.h"
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* So a record's name begins. Nothing else in the scratch directory has such a name. */
static const char PREFIX[] = ".elsewhere-";

static void name_record(char *name, const char *what)
{
    snprintf(name, NAME_MAX + 1, "%s%s", PREFIX, what);
}

int record_add(int scratch, const char *what, const char *path)
{
    char name[NAME_MAX + 1];

    if (scratch < 0)
        return 0;
    name_record(name, what);
    return symlinkat(path, scratch, name) < 0 ? report_errno("record %s", path) : 0;
}

void record_drop(int scratch, const char *what)
{
    char name[NAME_MAX + 1];
    int error = errno;

    name_record(name, what);
    if (scratch >= 0)
        unlinkat(scratch, name, 0);
    errno = error;
}

/* nftw(3) calls this for a directory after all that is below it. A failure shows at the top. */
static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)ftw;
    if (type == FTW_DP)
        rmdir(path);
    return 0;
}

static int remove_folder(const char *path)
{
    enum { DEPTH = 16 };

    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    if (rmdir(path) < 0) {
        nftw(path, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS);
        if (rmdir(path) < 0 && errno != ENOENT)
            return report_errno("rmdir %s", path);
    }
    explain("rmdir", path, NULL); /* after the act, since the sweep may have to try it often */
    return 0;
}

static int settle_all(DIR *scratch, const char *dir)
{
    struct dirent *entry;
    int error = 0;

    for (errno = 0; (entry = readdir(scratch)); errno = 0) {
        char path[PATH_MAX];

        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        ssize_t length = readlinkat(dirfd(scratch), entry->d_name, path, sizeof(path) - 1);
        if (length < 0 && errno == EINVAL) /* it is no link, so no record */
            continue;
        path[length < 0 ? 0 : length] = '\0';
        if (length < 0)
            report_errno("read the record %s/%s", dir, entry->d_name);
        if (length < 0 || remove_folder(path) < 0)
            error = errno;
    }
    if (errno)
        return report_errno("read the records in %s", dir);
    errno = error;
    return error ? -1 : 0;
}

int record_settle(int scratch, const char *dir)
{
    int fd = openat(scratch, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *records = fd < 0 ? NULL : fdopendir(fd);

    if (!records) {
        report_errno("read the records in %s", dir);
        file_close(&fd);
        return -1;
    }
    int result = settle_all(records, dir);
    int error = errno;
    closedir(records);
    errno = error;
    return result;
}
