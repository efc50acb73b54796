#include "volumes.h"

#include "file.h"
#include "mount_fd.h"
#include "place.h"
#include "report.h"
#include "storage.h"

#include <errno.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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
    return place_parse(colon + 1, b->target);
}

/* Whether a volume or tmpfs has this place already. The last one would hide the others. */
static bool is_taken(const struct volumes *v, const char *place)
{
    struct bind b;
    char other[PATH_MAX];

    for (int i = 0; i < v->binds.count; i++)
        if (split(v->binds.items[i], &b) == 0 && strcmp(b.target, place) == 0)
            return true;
    for (int i = 0; i < v->tmpfs.count; i++)
        if (place_parse(v->tmpfs.items[i], other) == 0 && strcmp(other, place) == 0)
            return true;
    return false;
}

static int refuse_taken(const char *place)
{
    errno = EEXIST;
    return report_errno("two mounts on %.80s, by --volume or --tmpfs", place);
}

int volumes_parse(const char *text, void *value)
{
    struct volumes *v = value;
    struct bind b;

    if (split(text, &b) == 0)
        return is_taken(v, b.target) ? refuse_taken(b.target) : cli_list_append(text, &v->binds);
    errno = EINVAL;
    return report_errno("volume '%.80s' (wanted: SRC:DST or SRC:DST:ro, where DST is an absolute "
                        "path without .., and not in /proc, /sys or /dev)",
                        text);
}

int volumes_parse_tmpfs(const char *text, void *value)
{
    struct volumes *v = value;
    char place[PATH_MAX];

    /* Docker takes options after a colon. Without this, they would be part of the folder's name. */
    if (!strchr(text, ':') && place_parse(text, place) == 0)
        return is_taken(v, place) ? refuse_taken(place) : cli_list_append(text, &v->tmpfs);
    errno = EINVAL;
    return report_errno("tmpfs '%.80s' (wanted: an absolute path without .., not in /proc, /sys or "
                        "/dev, and no options: --storage-size limits all of them)",
                        text);
}

static int add_tmp(struct volumes *v)
{
    struct stat status;

    if (is_taken(v, "/tmp") || (lstat("lower/tmp", &status) == 0 && !S_ISDIR(status.st_mode)))
        return 0;
    v->has_own_tmp = true;
    return cli_list_append("/tmp", &v->tmpfs);
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

/* They have numbers here, since a target may have slashes. */
static const char *name_tmpfs(int number)
{
    static char name[32];

    snprintf(name, sizeof(name), "tmpfs%d", number);
    return name;
}

int volumes_open_tmpfs(struct volumes *v, const struct overlay *o, bool read_only)
{
    if (!read_only && overlay_is_foreign(o) && add_tmp(v) < 0)
        return -1;
    for (int i = 0; i < v->tmpfs.count; i++) {
        v->tmpfs_mounts[i] = storage_open_folder(&o->folder, name_tmpfs(i), HARMLESS);
        if (v->tmpfs_mounts[i] < 0)
            return -1;
    }
    return 0;
}

/* A mount of -1 has been reported already. Without a place it is closed. */
static int open_place(int mount, const char *place)
{
    int fd = mount < 0 ? -1 : place_open(place, file_is_folder(mount));

    if (fd < 0)
        file_close(&mount);
    return fd;
}

static int attach_bind(struct volumes *v, int i, const char *place)
{
    int fd = open_place(v->mounts[i], place);
    struct bind b;

    if (fd < 0)
        return -1;
    split(v->binds.items[i], &b);
    /* A comment, since the host's path is out of sight by now. */
    explain_comment("mount --bind%s %s %s (the first path is one of the host)",
                    b.read_only ? " -o ro" : "", b.source, place);
    return mount_fd_attach_at(v->mounts[i], fd, place);
}

static int attach_tmpfs(struct volumes *v, int i, const char *place)
{
    int fd = open_place(v->tmpfs_mounts[i], place);

    if (fd < 0)
        return -1;
    explain_comment("mount --bind %s %s (the first path is in the storage)", name_tmpfs(i), place);
    return mount_fd_attach_at(v->tmpfs_mounts[i], fd, place);
}

/* Where all of them go: first each tmpfs, then each volume. */
static char places[2 * CLI_LIST_SIZE][PATH_MAX];

/* Writes the target as it was asked for to target[PATH_MAX]. */
static void write_target(const struct volumes *v, int i, char *target)
{
    struct bind b;

    if (i < v->tmpfs.count) {
        place_parse(v->tmpfs.items[i], target);
        return;
    }
    split(v->binds.items[i - v->tmpfs.count], &b);
    strcpy(target, b.target);
}

static bool is_in_another(const char *path, int count, int i)
{
    for (int other = 0; other < count; other++) {
        size_t length = strlen(places[other]);

        if (other != i && strncmp(path, places[other], length) == 0 &&
            (path[length] == '/' || !path[length]))
            return true;
    }
    return false;
}

/*
 * What is in another volume is not the image's. A link that the image has in its place must not
 * lead away: the cover of a secret would then be elsewhere, and the secret in sight.
 */
static void keep_in_another(const char *target, int count, int i)
{
    char part[PATH_MAX];
    size_t end = 0;

    do {
        end += 1 + strcspn(target + end + 1, "/");
        snprintf(part, sizeof(part), "%.*s", (int)end, target);
        place_resolve(part);
    } while (target[end] && !is_in_another(part, count, i));
    if (strlen(part) + strlen(target + end) < PATH_MAX)
        strcpy(places[i], strcat(part, target + end));
    else
        strcpy(places[i], target); /* place_open() follows no link of it */
}

static void resolve(const struct volumes *v, int count)
{
    char target[PATH_MAX];

    for (int i = 0; i < count; i++) {
        write_target(v, i, places[i]);
        place_resolve(places[i]);
    }
    for (int i = 0; i < count; i++) {
        write_target(v, i, target);
        keep_in_another(target, count, i);
    }
}

/* Two paths may lead to one place, by a link. */
static int check(int count)
{
    for (int i = 0; i < count; i++)
        for (int other = 0; other < i; other++)
            if (strcmp(places[i], places[other]) == 0)
                return refuse_taken(places[i]);
    return 0;
}

static int attach_at(struct volumes *v, int count, int depth)
{
    for (int i = 0; i < count; i++) {
        if (place_depth(places[i]) != depth)
            continue;
        if ((i < v->tmpfs.count ? attach_tmpfs(v, i, places[i])
                                : attach_bind(v, i - v->tmpfs.count, places[i])) < 0)
            return -1;
    }
    return 0;
}

/* A folder comes before what is in it, since a mount hides what is below its place by then. */
int volumes_attach(struct volumes *v)
{
    int count = v->tmpfs.count + v->binds.count, deepest = 0;

    resolve(v, count);
    if (check(count) < 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (place_depth(places[i]) > deepest)
            deepest = place_depth(places[i]);
    for (int depth = 1; depth <= deepest; depth++)
        if (attach_at(v, count, depth) < 0)
            return -1;
    if (v->has_own_tmp)
        report_note("/tmp is an empty folder in the container's storage, since the container "
                    "cannot write to the image's /tmp");
    return 0;
}
