#include "record.h"

#include "file.h"
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static const char FOLDER[] = ".elsewhere";

static int open_records(int scratch, int flags)
{
    return openat(scratch, FOLDER, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int record_add(int scratch, const char *what, const char *path)
{
    if (scratch < 0)
        return 0;
    if (file_make_folder(scratch, FOLDER, 0700) < 0 && errno != EEXIST)
        return report_errno("make a folder for records");
    cleanup_fd int records = open_records(scratch, O_PATH);
    if (records < 0 || symlinkat(path, records, what) < 0)
        return report_errno("record %s", path);
    return 0;
}

void record_drop(int scratch, const char *what)
{
    int error = errno;
    cleanup_fd int records = scratch < 0 ? -1 : open_records(scratch, O_PATH);

    if (records >= 0)
        unlinkat(records, what, 0);
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
    explain("rmdir", path, NULL);
    if (rmdir(path) == 0)
        return 0;
    nftw(path, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS);
    return rmdir(path) == 0 || errno == ENOENT ? 0 : report_errno("rmdir %s", path);
}

static int settle_all(DIR *records, const char *dir)
{
    struct dirent *entry;
    int error = 0;

    for (errno = 0; (entry = readdir(records)); errno = 0) {
        char path[PATH_MAX];
        ssize_t length = readlinkat(dirfd(records), entry->d_name, path, sizeof(path) - 1);

        if (length < 0) /* "." and ".." are no links */
            continue;
        path[length] = '\0';
        if (remove_folder(path) < 0)
            error = errno;
    }
    if (errno)
        return report_errno("read the records in %s", dir);
    errno = error;
    return error ? -1 : 0;
}

int record_settle(int scratch, const char *dir)
{
    int fd = open_records(scratch, O_RDONLY);
    DIR *records = fd < 0 ? NULL : fdopendir(fd);

    if (!records) {
        file_close(&fd);
        return errno == ENOENT ? 0 : report_errno("read the records in %s", dir);
    }
    int result = settle_all(records, dir);
    int error = errno;
    closedir(records);
    errno = error;
    return result;
}
