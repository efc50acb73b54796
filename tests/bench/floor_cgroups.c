#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct setting {
    int group; /* on v1: 0 memory, 1 cpu, 2 pids; on v2 all are in group 0 */
    const char *file, *value;
};

static const struct setting v1[] = {
    {0, "memory.limit_in_bytes", "536870912"},
    {0, "memory.memsw.limit_in_bytes", "536870912"},
    {1, "cpu.cfs_quota_us", "100000"},
    {2, "pids.max", "256"},
};
static const struct setting v2[] = {
    {0, "memory.max", "536870912"},
    {0, "memory.swap.max", "0"},
    {0, "cpu.max", "100000 100000"},
    {0, "pids.max", "256"},
};

static void read_file(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, text, size - 1);

    text[length > 0 ? length : 0] = '\0';
    close(file);
}

/* A line of /proc/self/cgroup: "4:cpu,cpuacct:/user". Sets where[PATH_MAX] to its path, as "/user".
 */
static bool find_own(const char *lines, const char *controller, char *where)
{
    size_t length = strlen(controller);

    for (const char *at = lines; (at = strstr(at, controller)); at += length) {
        const char *path = strchr(at, '/');

        if (!strchr(":,", at[-1]) || !strchr(":,", at[length]) || !path)
            continue;
        size_t size = strcspn(path, "\n");
        snprintf(where, PATH_MAX, "%.*s", size == 1 ? 0 : (int)size, path);
        return true;
    }
    return false;
}

static void limit(const struct floor *f, const struct setting *settings, size_t count)
{
    char path[PATH_MAX + 64];

    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s", f->groups[settings[i].group], settings[i].file);
        if (strstr(path, "sw") && access(path, F_OK) < 0) /* a kernel that counts no swap */
            continue;
        floor_write(path, settings[i].value);
    }
}

/* Where nothing is delegated to this user, there is no cgroup in step 5, and no container in
 * step 4. */
static bool make_group(struct floor *f, const char *controller, const char *own)
{
    char *path = f->groups[f->group_count];

    snprintf(path, PATH_MAX, "/sys/fs/cgroup/%s%s/%s", controller, own, f->name);
    int made = mkdir(path, 0755);
    if (made < 0 && errno == EACCES && f->step == 5)
        return false;
    floor_must(made, path);
    f->group_count++;
    return true;
}

/* From the own cgroup upwards, the first one that hands the controllers down. */
static void find_base(char *own)
{
    char path[PATH_MAX + 64], handed[256];

    for (;;) {
        snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cgroup.subtree_control", own);
        read_file(path, handed, sizeof(handed));
        char *slash = strrchr(own, '/');
        if (strstr(handed, "pids") || !slash)
            return;
        *slash = '\0';
    }
}

void floor_make_cgroups(struct floor *f)
{
    static const char *const controllers[FLOOR_GROUPS] = {"memory", "cpu", "pids"};
    char lines[4096], own[PATH_MAX];

    read_file("/proc/self/cgroup", lines, sizeof(lines));
    for (int i = 0; i < FLOOR_GROUPS; i++)
        if (find_own(lines, controllers[i], own) && !make_group(f, controllers[i], own))
            return;
    if (f->group_count) {
        limit(f, v1, sizeof(v1) / sizeof(*v1));
        return;
    }
    const char *path = strstr(lines, "0::/");
    snprintf(own, sizeof(own), "%.*s", path ? (int)strcspn(path + 3, "\n") : 0,
             path ? path + 3 : "");
    find_base(own);
    if (!make_group(f, ".", own))
        return;
    limit(f, v2, sizeof(v2) / sizeof(*v2));
    f->group = open(f->groups[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
    floor_must(f->group, f->groups[0]);
}

void floor_add_to_cgroups(const struct floor *f, pid_t child)
{
    char path[PATH_MAX + 64], pid[16];

    snprintf(pid, sizeof(pid), "%d", child);
    for (int i = 0; i < f->group_count && f->group < 0; i++) {
        snprintf(path, sizeof(path), "%s/cgroup.procs", f->groups[i]);
        floor_write(path, pid);
    }
}

void floor_remove_cgroups(const struct floor *f)
{
    for (int i = 0; i < f->group_count; i++)
        floor_must(rmdir(f->groups[i]), f->groups[i]);
}
