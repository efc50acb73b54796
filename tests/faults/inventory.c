#include "inventory.h"

#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 16, TRIES = 100, PAUSE_US = 10000 };

/* For the functions that nftw(3) calls: it cannot hand them an argument. */
static char *list;
static size_t room;
static const char *wanted;

static void add(const char *format, ...)
{
    size_t length = strlen(list);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(list + length, room - length, format, arguments);
    va_end(arguments);
}

static int add_file(const char *path, const struct stat *s, int type, struct FTW *ftw)
{
    (void)type;
    (void)ftw;
    add("file %s mode %o owner %u:%u\n", path, s->st_mode, s->st_uid, s->st_gid);
    return 0;
}

static void add_mounts(void)
{
    char line[2 * PATH_MAX];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && fgets(line, sizeof(line), mounts))
        add("mount %s", line);
    if (mounts)
        fclose(mounts);
}

/*
 * Calls visit() for each cgroup below one that has the wanted name, the inner ones first. Not by
 * nftw(3): that gives up when somebody removes a cgroup beside ours meanwhile.
 */
static void in_cgroups_below(const char *cgroup, void (*visit)(const char *))
{
    struct dirent *entry;
    DIR *dir = opendir(cgroup);

    while (dir && (entry = readdir(dir))) {
        char path[PATH_MAX];

        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%.3800s/%s", cgroup, entry->d_name);
        in_cgroups_below(path, visit);
        if (strncmp(entry->d_name, wanted, strlen(wanted)) == 0)
            visit(path);
    }
    if (dir)
        closedir(dir);
}

static void in_cgroups(void (*visit)(const char *))
{
    char line[2 * PATH_MAX], place[PATH_MAX];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && fgets(line, sizeof(line), mounts))
        if (strstr(line, " - cgroup") && sscanf(line, "%*s %*s %*s %*s %4095s", place) == 1)
            in_cgroups_below(place, visit);
    if (mounts)
        fclose(mounts);
}

static void add_cgroup(const char *path)
{
    add("cgroup %s\n", path);
}

static void add_limits(const char *path)
{
    static const char *const files[] = {
        "memory.max", "memory.limit_in_bytes", "memory.swap.max", "memory.memsw.limit_in_bytes",
        "cpu.max",    "cpu.cfs_quota_us",      "cpu.weight",      "cpu.shares",
        "pids.max"};
    char name[PATH_MAX + 64], value[64];

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        snprintf(name, sizeof(name), "%s/%s", path, files[i]);
        FILE *file = fopen(name, "re");
        if (file && fgets(value, sizeof(value), file))
            add("limit %s %s", files[i], value);
        if (file)
            fclose(file);
    }
}

void inventory_take(char *text, const char *folder, const char *name)
{
    list = text;
    room = INVENTORY_SIZE;
    wanted = name;
    *list = '\0';
    nftw(folder, add_file, DESCRIPTORS, FTW_PHYS | FTW_MOUNT);
    add_mounts();
    in_cgroups(add_cgroup);
}

void inventory_limits(const char *name, char *text, size_t size)
{
    list = text;
    room = size;
    wanted = name;
    in_cgroups(add_limits);
}

static bool has_line(const char *text, const char *line, size_t length)
{
    for (const char *end; (end = strchr(text, '\n')); text = end + 1)
        if ((size_t)(end - text) == length && strncmp(text, line, length) == 0)
            return true;
    return false;
}

/* Finds a line of one text that another lacks. */
static const char *missing(const char *from, const char *in, size_t *length)
{
    for (const char *end; (end = strchr(from, '\n')); from = end + 1) {
        *length = (size_t)(end - from);
        if (!has_line(in, from, *length))
            return from;
    }
    return NULL;
}

void inventory_compare(const char *before, const char *after, char *line, size_t size)
{
    size_t length = 0;
    const char *new = missing(after, before, &length);
    const char *gone = new ? NULL : missing(before, after, &length);

    *line = '\0';
    if (new || gone)
        snprintf(line, size, "%s%.*s", gone ? "gone: " : "", (int)length, new ? new : gone);
}

/* The folder has a private name before it gets the container's, and again before it goes. */
static bool is_containers(const char *path)
{
    return strstr(path, wanted) || strstr(path, "/.container-");
}

/* Whether a message names the path, or what it is in. */
static bool path_is_named(char *path, const char *messages)
{
    while (!strstr(messages, path)) {
        char *slash = strrchr(path, '/');

        if (!slash || is_containers(slash)) /* the container's own folder is not named either */
            return false;
        *slash = '\0';
    }
    return true;
}

/* A line is "file PATH ...", "cgroup PATH" or "mount ID PARENT DEVICE ROOT PATH ...". */
static bool line_is_named(const char *line, const char *messages)
{
    char path[PATH_MAX] = "";

    if (sscanf(line, "cgroup %4095s", path) == 1)
        return strstr(messages, path);
    if (sscanf(line, "mount %*s %*s %*s %*s %4095s", path) != 1)
        sscanf(line, "file %4095s", path);
    return is_containers(path) && path_is_named(path, messages);
}

bool inventory_is_named(const char *before, const char *after, const char *messages)
{
    for (const char *end; (end = strchr(after, '\n')); after = end + 1)
        if (!has_line(before, after, (size_t)(end - after)) && !line_is_named(after, messages))
            return false;
    return true;
}

static int remove_file(const char *path, const struct stat *s, int type, struct FTW *ftw)
{
    (void)s;
    (void)type;
    if (ftw->level > 0)
        remove(path);
    return 0;
}

/* A killed process counts as a member until the kernel has taken it apart. */
static void remove_cgroup(const char *path)
{
    for (int i = 0; i < TRIES && rmdir(path) < 0; i++)
        usleep(PAUSE_US);
}

static void unmount_below(const char *folder)
{
    char line[2 * PATH_MAX], place[PATH_MAX];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && fgets(line, sizeof(line), mounts))
        if (sscanf(line, "%*s %*s %*s %*s %4095s", place) == 1 &&
            strncmp(place, folder, strlen(folder)) == 0)
            umount2(place, MNT_DETACH);
    if (mounts)
        fclose(mounts);
}

void inventory_clear(const char *folder, const char *scratch, const char *name)
{
    wanted = name;
    unmount_below(folder);
    nftw(scratch, remove_file, DESCRIPTORS, FTW_PHYS | FTW_DEPTH | FTW_MOUNT);
    in_cgroups(remove_cgroup);
}
