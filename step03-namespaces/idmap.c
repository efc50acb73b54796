#include "idmap.h"

#include "file.h"
#include "kernel_file.h"
#include "privilege.h"
#include "report.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The kernel takes a text of one page less one byte, and shows 340 lines of 33 bytes at most. */
enum { MAP_SIZE = 4096, SHOWN_SIZE = 340 * 33 + 1 };

/* Root maps all ids that it has. /proc/self/uid_map lists them: on a host "0 0 4294967295". */
static int copy_own_map(char *map, const char *name)
{
    char path[64], ranges[SHOWN_SIZE];
    unsigned inside, count;
    size_t length = 0;

    snprintf(path, sizeof(path), "/proc/self/%s", name);
    if (file_read(path, ranges, sizeof(ranges)) < 0)
        return report_errno("read %s", path);
    for (char *line = strtok(ranges, "\n"); line; line = strtok(NULL, "\n"))
        if (sscanf(line, "%u %*u %u", &inside, &count) == 2 && length < MAP_SIZE)
            length += (size_t)snprintf(map + length, MAP_SIZE - length, "%s%u %u %u",
                                       length ? "\n" : "", inside, inside, count);
    if (length < MAP_SIZE)
        return 0;
    errno = E2BIG;
    return report_errno("write the ranges of %s into one map", path);
}

/*
 * Writes `name`, uid_map or gid_map, of process `pid`. Root gives it a copy of its own map, and any
 * other caller only `own_id`, as 0. Returns 0, or -1 after a report, with a hint which right is
 * missing.
 */
static int write_map(pid_t pid, const char *name, unsigned own_id)
{
    char dir[32], map[MAP_SIZE] = "";

    snprintf(dir, sizeof(dir), "/proc/%d", pid);
    /* A map is: the first id inside, the first id outside, the number of ids. */
    if (geteuid() != 0)
        snprintf(map, sizeof(map), "0 %u 1", own_id);
    else if (copy_own_map(map, name) < 0)
        return -1;
    if (kernel_file_write(dir, name, map) == 0)
        return 0;
    if (errno == EPERM && !privilege_hint(CAP_SETFCAP)) /* a map with root in it takes this, too */
        privilege_hint(strcmp(name, "uid_map") == 0 ? CAP_SETUID : CAP_SETGID);
    return -1;
}

/*
 * A file may be closed to just one group. A member could drop this group and then read the file. So
 * the kernel lets an ordinary user map groups only after setgroups(2) is forbidden inside.
 */
static int deny_setgroups(pid_t pid)
{
    char dir[32];

    snprintf(dir, sizeof(dir), "/proc/%d", pid);
    return kernel_file_write(dir, "setgroups", "deny");
}

int idmap_has(const char *map, unsigned first, unsigned count)
{
    char path[64];
    unsigned inside, size;
    bool found = false;

    snprintf(path, sizeof(path), "/proc/self/%s", map);
    FILE *file = fopen(path, "re");
    if (!file)
        return report_errno("open %s", path);
    while (!found && fscanf(file, "%u %*u %u", &inside, &size) == 2)
        found = inside <= first && size >= count && first - inside <= size - count;
    int error = ferror(file) ? errno : 0;
    fclose(file);
    errno = error;
    return error ? report_errno("read %s", path) : found;
}

int idmap_write(pid_t pid)
{
    if (geteuid() != 0 && deny_setgroups(pid) < 0)
        return -1;
    if (write_map(pid, "uid_map", geteuid()) < 0)
        return -1;
    return write_map(pid, "gid_map", getegid());
}
