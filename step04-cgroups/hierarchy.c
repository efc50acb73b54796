#include "hierarchy.h"

#include "file.h"
#include "mounts.h"
#include "report.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

bool hierarchy_list_has(const char *list, const char *separators, const char *entry)
{
    size_t length = strlen(entry);

    for (; *list; list += *list != '\0') {
        size_t next = strcspn(list, separators);

        if (next == length && strncmp(list, entry, length) == 0)
            return true;
        list += next;
    }
    return false;
}

/*
 * A line of /proc/self/cgroup is "4:memory:/user/1" for v1 and "0::/user/1" for v2. Sets the
 * version. Sets path[PATH_MAX] to the caller's cgroup, as seen from the root of its hierarchy.
 * Returns -1 with errno if there is none (ENOENT) or the file cannot be read.
 */
static int find_path(FILE *file, const char *controller, int *version, char *path)
{
    char line[PATH_MAX + 256], controllers[256], where[PATH_MAX];

    *version = 0;
    while (fgets(line, sizeof(line), file)) {
        if (sscanf(line, "0::%4095[^\n]", where) == 1 && *version == 0) {
            *version = 2;
            strcpy(path, where);
        } else if (sscanf(line, "%*d:%255[^:]:%4095[^\n]", controllers, where) == 2 &&
                   hierarchy_list_has(controllers, ",", controller)) {
            *version = 1;
            strcpy(path, where);
            return 0;
        }
    }
    if (!feof(file))
        return -1;
    errno = ENOENT;
    return *version ? 0 : -1;
}

/*
 * A line of mountinfo: "32 31 0:29 ROOT WHERE rw,relatime shared:5 - cgroup cgroup rw,cpu". ROOT is
 * the part of the hierarchy that is mounted, "/" for all of it.
 */
static bool parse_mount(char *line, const struct hierarchy *h, const char *controller, char *root,
                        char *where)
{
    char type[32], options[1024];
    const char *rest = strstr(line, " - ");

    if (!rest || sscanf(rest, " - %31s %*s %1023s", type, options) != 2)
        return false;
    if (strcmp(type, h->version == 2 ? "cgroup2" : "cgroup") != 0)
        return false;
    if (h->version == 1 && !hierarchy_list_has(options, ",", controller))
        return false;
    if (sscanf(line, "%*d %*d %*s %4095s %4095s", root, where) != 2)
        return false;
    mounts_unescape(root);
    mounts_unescape(where);
    return true;
}

/* Joins the mount point and the part of `path` that is below the mounted part of the hierarchy. */
static int place(struct hierarchy *h, const char *root, const char *where, const char *path)
{
    size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);

    if (strncmp(path, root, length) != 0 || strncmp(path, "/..", 3) == 0)
        return -1;
    path += length;
    if (*path && *path != '/')
        return -1;
    if (strcmp(path, "/") == 0)
        path = "";
    strcpy(h->top, where);
    return (size_t)snprintf(h->own, sizeof(h->own), "%s%s", where, path) < sizeof(h->own) ? 0 : -1;
}

static FILE *open_below(const char *proc, const char *name)
{
    char path[PATH_MAX];
    FILE *file = NULL;

    if (file_join(path, sizeof(path), proc, name) == 0 && !(file = fopen(path, "re")))
        report_errno("open %s", path);
    return file;
}

static int find_mount(struct hierarchy *h, const char *controller, const char *proc,
                      const char *path)
{
    char root[PATH_MAX], where[PATH_MAX];
    FILE *file = open_below(proc, "mountinfo");
    char *line = NULL;
    size_t size = 0;
    int result = -1, error = 0;

    if (!file)
        return -1;
    while (result < 0 && getline(&line, &size, file) > 0)
        if (parse_mount(line, h, controller, root, where))
            result = place(h, root, where, path);
    if (result < 0)
        error = feof(file) ? ENOENT : errno;
    free(line);
    fclose(file);
    if (result == 0)
        return 0;
    errno = error;
    report_errno("find where the cgroup v%d hierarchy with %s and %s is mounted", h->version,
                 controller, path);
    return -1;
}

int hierarchy_find_of(struct hierarchy *h, const char *controller, const char *proc,
                      const char *other)
{
    char path[PATH_MAX];
    FILE *file = open_below(other, "cgroup");

    if (!file)
        return -1;
    int found = find_path(file, controller, &h->version, path), error = errno;
    fclose(file);
    if (found < 0) {
        errno = error;
        report_errno("find a cgroup hierarchy for the controller %s", controller);
        if (error == ENOENT)
            report_hint("this kernel has none, or it was switched off at boot: cat /proc/cgroups");
        return -1;
    }
    return find_mount(h, controller, proc, path);
}

int hierarchy_verify(const struct hierarchy *h)
{
    struct statfs fs;

    if (statfs(h->own, &fs) < 0)
        return report_errno("look at the cgroup %s", h->own);
    if ((unsigned long)fs.f_type ==
        (unsigned long)(h->version == 2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC))
        return 0;
    errno = EINVAL;
    return report_errno("%s is no cgroup v%d file system", h->own, h->version);
}

int hierarchy_find(struct hierarchy *h, const char *controller, const char *proc)
{
    return hierarchy_find_of(h, controller, proc, proc);
}
