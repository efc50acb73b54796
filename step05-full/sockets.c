#include "sockets.h"

#include "file.h"
#include "kernel_file.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Puts the groups from the first to the last of the map into range[size]: "0 65535". The kernel
 * compares ids of the host, and wants the last not below the first. So where a line of the map goes
 * down on the host, the range begins anew.
 */
static int find_groups(const char *gid_map, char *range, size_t size)
{
    unsigned first = 0, last = 0, before = 0, inside, outside, count;
    char map[1024];
    const char *line = map;

    if (file_read(gid_map, map, sizeof(map)) < 0)
        return report_errno("read %s", gid_map);
    while (line && sscanf(line, "%u %u %u", &inside, &outside, &count) == 3 && count > 0) {
        if (line == map || outside < before)
            first = inside;
        last = inside + count - 1;
        before = outside;
        line = strchr(line, '\n');
        line += line ? 1 : 0;
    }
    snprintf(range, size, "%u %u", first, last);
    return 0;
}

static int set(const char *dir, const char *name, const char *value)
{
    char path[PATH_MAX];

    if (file_join(path, sizeof(path), dir, name) < 0)
        return -1;
    if (access(path, F_OK) == 0)
        return kernel_file_write(dir, name, value);
    return errno == ENOENT ? 0 : report_errno("look at %s", path);
}

int sockets_allow(const char *dir, const char *gid_map)
{
    char groups[32];

    if (find_groups(gid_map, groups, sizeof(groups)) < 0)
        return -1;
    if (set(dir, "ping_group_range", groups) < 0)
        return -1;
    return set(dir, "ip_unprivileged_port_start", "0");
}
