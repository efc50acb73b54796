#include "volumes.h"

#include "file.h"
#include "mount_fd.h"
#include "report.h"
#include "storage.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HARMLESS = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };

struct bind {
    char source[PATH_MAX], target[PATH_MAX];
    bool read_only;
};

/* Splits from the end, so that the source may contain a colon. */
static int split(const char *text, struct bind *b)
{
    size_t length = strlen(text);
    const char *mode = length > 3 ? text + length - 3 : text;

    b->read_only = strcmp(mode, ":ro") == 0;
    if (b->read_only || strcmp(mode, ":rw") == 0)
        length -= 3;
    if (length >= sizeof(b->source))
        return -1;
    memcpy(b->source, text, length);
    b->source[length] = '\0';
    char *colon = strrchr(b->source, ':');
    if (!colon || colon == b->source)
        return -1;
    *colon = '\0';
    strcpy(b->target, colon + 1);
    return 0;
}

/* Programs, and this one too, trust these folders as the kernel's: no other may replace them. */
static bool is_reserved(const char *path)
{
    static const char *const reserved[] = {"/proc", "/sys", "/dev"};

    for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++) {
        size_t length = strlen(reserved[i]);

        if (strncmp(path, reserved[i], length) == 0 && (path[length] == '/' || !path[length]))
            return true;
    }
    return false;
}

/* The kernel takes no path of PATH_MAX bytes or more. */
static bool is_target(const char *path)
{
    char whole[PATH_MAX + 1];

    if (snprintf(whole, sizeof(whole), "%s/", path) > PATH_MAX)
        return false;
    return *path == '/' && path[1] && path[1] != '/' && !strstr(whole, "/../") &&
           !strstr(whole, "/./") && !is_reserved(path);
}

int volumes_parse(const char *text, void *value)
{
    struct bind b;

    if (split(text, &b) == 0 && is_target(b.target))
        return cli_list_append(text, value);
    errno = EINVAL;
    return report_errno("volume '%.80s' (wanted: SRC:DST or SRC:DST:ro, where DST is an absolute "
                        "path without .., and not in /proc, /sys or /dev)",
                        text);
}

int volumes_parse_tmpfs(const char *text, void *value)
{
    if (is_target(text))
        return cli_list_append(text, value);
    errno = EINVAL;
    return report_errno("tmpfs '%.80s' (wanted: an absolute path without .., and not in /proc, "
                        "/sys or /dev)",
                        text);
}

int volumes_open(struct volumes *v)
{
    struct bind b;

    for (int i = 0; i < v->binds.count; i++) {
        split(v->binds.items[i], &b);
        v->mounts[i] = mount_fd_copy(b.source, HARMLESS | (b.read_only ? MOUNT_ATTR_RDONLY : 0));
        if (v->mounts[i] < 0)
            return -1;
    }
    return 0;
}

/* They have numbers here: two of them may have the same target. */
static const char *name_tmpfs(int number)
{
    static char name[32];

    snprintf(name, sizeof(name), "tmpfs%d", number);
    return name;
}

int volumes_open_tmpfs(struct volumes *v, const struct scratch *s)
{
    for (int i = 0; i < v->tmpfs.count; i++) {
        v->tmpfs_mounts[i] = storage_open_folder(s, name_tmpfs(i), HARMLESS);
        if (v->tmpfs_mounts[i] < 0)
            return -1;
    }
    return 0;
}

/* Opens `name` in `parent`, by O_PATH: to open a FIFO or a device in any other way is an act. */
static int open_entry(int parent, const char *name, unsigned long long flags)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC | flags,
                           .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH};

    return (int)syscall(SYS_openat2, parent, name, &how, sizeof(how));
}

/* Opens the folder `name` in `parent`. If it is not there, makes it first. */
static int open_folder(int parent, const char *name)
{
    if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
        return -1;
    return open_entry(parent, name, O_DIRECTORY);
}

static bool is_folder(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The same for a file. */
static int open_file(int parent, const char *name)
{
    if (mknodat(parent, name, S_IFREG | 0644, 0) < 0 && errno != EEXIST)
        return -1;
    int file = open_entry(parent, name, 0);
    if (file < 0 || !is_folder(file))
        return file;
    file_close(&file);
    errno = EISDIR;
    return -1;
}

/*
 * Makes the folders on the way to `target`, and `target` itself: a folder, or a file for a file.
 * Returns a descriptor of it, or -1 after a report. Whoever walked the path again could come to
 * another place: in a volume, another container may have moved a folder and put a link there.
 */
static int open_target(const char *target, bool folder)
{
    char path[PATH_MAX], *rest = path, *name;
    int parent = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    snprintf(path, sizeof(path), "%s", target + 1);
    while (parent >= 0 && (name = strsep(&rest, "/"))) {
        bool last = !rest || !rest[strspn(rest, "/")];

        if (!*name)
            continue;
        int next = last && !folder ? open_file(parent, name) : open_folder(parent, name);
        file_close(&parent);
        parent = next;
        if (last)
            break;
    }
    if (parent < 0)
        return report_errno("make %s in the image to mount on", target);
    return parent;
}

/* A mount of -1 has been reported already. */
static int attach(int mount, const char *target)
{
    int place = mount < 0 ? -1 : open_target(target, is_folder(mount));

    if (place >= 0)
        return mount_fd_attach_at(mount, place, target);
    file_close(&mount);
    return -1;
}

static int attach_bind(struct volumes *v, int i)
{
    struct bind b;

    split(v->binds.items[i], &b);
    /* A comment, since the host's path is out of sight by now. */
    explain_comment("mount --bind%s %s %s (the first path is one of the host)",
                    b.read_only ? " -o ro" : "", b.source, b.target);
    return attach(v->mounts[i], b.target);
}

static int attach_tmpfs(struct volumes *v, int i)
{
    explain_comment("mount --bind %s %s (the first path is in the storage)", name_tmpfs(i),
                    v->tmpfs.items[i]);
    return attach(v->tmpfs_mounts[i], v->tmpfs.items[i]);
}

/* How many names a path has: a folder has fewer than what is in it. */
static int depth_of(const char *path)
{
    int depth = 0;

    for (; *path; path++)
        depth += *path != '/' && (path[1] == '/' || path[1] == '\0');
    return depth;
}

static int attach_tmpfs_at(struct volumes *v, int depth)
{
    for (int i = 0; i < v->tmpfs.count; i++)
        if (depth_of(v->tmpfs.items[i]) == depth && attach_tmpfs(v, i) < 0)
            return -1;
    return 0;
}

static int attach_binds_at(struct volumes *v, int depth)
{
    struct bind b = {.target = ""};

    for (int i = 0; i < v->binds.count; i++) {
        split(v->binds.items[i], &b);
        if (depth_of(b.target) == depth && attach_bind(v, i) < 0)
            return -1;
    }
    return 0;
}

static int deepest(const struct volumes *v)
{
    struct bind b = {.target = ""};
    int most = 0;

    for (int i = 0; i < v->tmpfs.count; i++)
        if (depth_of(v->tmpfs.items[i]) > most)
            most = depth_of(v->tmpfs.items[i]);
    for (int i = 0; i < v->binds.count; i++) {
        split(v->binds.items[i], &b);
        if (depth_of(b.target) > most)
            most = depth_of(b.target);
    }
    return most;
}

/* A folder comes before what is in it, since a mount hides what is below its place by then. */
int volumes_attach(struct volumes *v)
{
    int most = deepest(v);

    for (int depth = 1; depth <= most; depth++)
        if (attach_tmpfs_at(v, depth) < 0 || attach_binds_at(v, depth) < 0)
            return -1;
    return 0;
}
