#include "sweep.h"

#include "file.h"
#include "overlay.h"
#include "report.h"
#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 64, PAUSES = 100, SHORT_PAUSES = 10 };

static const struct timespec tick = {.tv_nsec = 10000000};

static bool has_private_name(const char *name)
{
    return strncmp(name, SCRATCH_MARK "-", strlen(SCRATCH_MARK "-")) == 0;
}

/* A first look, without opening it, whether it may be the folder of one of our containers. */
static bool is_candidate(int place, const char *name)
{
    char mark[NAME_MAX + sizeof("/" SCRATCH_MARK)];
    struct stat status;

    /* The folder above may be marked, too: it is not in this one, and this one is in it. */
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    if (fstatat(place, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != geteuid())
        return false;
    snprintf(mark, sizeof(mark), "%s/" SCRATCH_MARK, name);
    return has_private_name(name) || faccessat(place, mark, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Only step02 mounts on the host. The mounts of a later step have gone with its container. */
static bool is_mounted(const struct scratch *s)
{
    struct stat folder, merged;

    return fstat(s->fd, &folder) == 0 &&
           fstatat(s->fd, "merged", &merged, AT_SYMLINK_NOFOLLOW) == 0 &&
           folder.st_dev != merged.st_dev;
}

/* Returns -1 only if the way back to the working directory is lost. */
static int unmount(struct overlay *dead)
{
    cleanup_fd int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

    dead->mounted = is_mounted(&dead->folder);
    if (!dead->mounted || here < 0)
        return 0;
    explain("cd", dead->folder.dir, NULL);
    if (scratch_enter(&dead->folder) == 0)
        overlay_unmount(dead);
    explain("cd", "-", NULL);
    return fchdir(here) < 0 ? report_errno("return to the working directory") : 0;
}

/* A killed process uses its cgroup until the kernel has taken it apart. */
static int remove_patiently(struct overlay *dead, int *pauses)
{
    while (overlay_remove(dead) < 0) {
        if (errno != EBUSY || *pauses <= 0)
            return -1;
        nanosleep(&tick, NULL);
        (*pauses)--;
    }
    return 0;
}

/* Takes the folder place/name away if it is a dead container's. */
static int take_away(int place, const char *where, const char *name, int *pauses)
{
    struct overlay dead = {.mounted = false};
    int result = 0;

    if (file_join(dead.folder.dir, sizeof(dead.folder.dir), where, name) < 0 ||
        scratch_hold(&dead.folder, place, name) < 0)
        return 0;
    if (scratch_is_marked(&dead.folder)) {
        report_mute(!dead.folder.keep); /* it says what it has kept */
        result = unmount(&dead);
        if (result == 0)
            remove_patiently(&dead, pauses);
        report_mute(false);
    } else if (has_private_name(name)) {
        unlinkat(place, name, AT_REMOVEDIR); /* killed before it had a mark, so it is empty */
    }
    scratch_close(&dead.folder);
    return result;
}

/* The lock of the wanted name may be that of a process that dies, or of another program's sweep. */
static void wait_for_lock(int place, const char *name)
{
    struct scratch s;

    for (int i = 0; i < SHORT_PAUSES; i++) {
        if (scratch_hold(&s, place, name) == 0) {
            file_close(&s.fd);
            return;
        }
        if (errno != EWOULDBLOCK)
            return;
        nanosleep(&tick, NULL);
    }
}

/* What is certainly no folder: readdir(3) tells, where the file system does. */
static bool is_other_file(const struct dirent *entry)
{
    return entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN;
}

static unsigned count_folders(DIR *dir)
{
    struct dirent *entry;
    unsigned count = 0;

    while ((entry = readdir(dir)))
        count += !is_other_file(entry);
    rewinddir(dir);
    return count;
}

/* The index of the first folder to look at. With a fixed one, some would never have their turn. */
static unsigned choose_first(unsigned count)
{
    unsigned random = 0;

    if (count <= MOST || getrandom(&random, sizeof(random), 0) < 0)
        return 0;
    return random % count;
}

/* Beside 1,000 running containers, a look at each of them would double the time of a start. */
static int sweep_others(DIR *dir, const char *where, int *pauses)
{
    struct dirent *entry;
    unsigned count = count_folders(dir), first = choose_first(count), index = 0;

    while (count > 0 && (entry = readdir(dir))) {
        if (is_other_file(entry) || (index++ + count - first) % count >= MOST)
            continue;
        if (is_candidate(dirfd(dir), entry->d_name) &&
            take_away(dirfd(dir), where, entry->d_name, pauses) < 0)
            return -1;
    }
    return 0;
}

int sweep_leftovers(const char *parent, const char *name)
{
    char where[PATH_MAX];
    int pauses = PAUSES; /* one second for all, so that no start takes long */

    /* If there is no such place, the maker of the scratch directory says so. */
    if (!realpath(file_scratch(parent), where))
        return 0;
    cleanup_fd int place = open(where, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0)
        return 0;
    if (is_candidate(place, name)) {
        wait_for_lock(place, name);
        if (take_away(place, where, name, &pauses) < 0)
            return -1;
    }
    DIR *dir = opendir(where);
    int result = dir ? sweep_others(dir, where, &pauses) : 0;
    if (dir)
        closedir(dir);
    return result;
}
