#include "place.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

int place_parse(const char *text, char *place)
{
    char copy[PATH_MAX], *rest = copy, *name;
    size_t length = 0;

    errno = EINVAL;
    if (*text != '/' || strlen(text) >= sizeof(copy)) /* the kernel takes no longer path */
        return -1;
    strcpy(copy, text);
    while ((name = strsep(&rest, "/"))) {
        if (strcmp(name, "..") == 0)
            return -1;
        if (*name && strcmp(name, ".") != 0)
            length += (size_t)snprintf(place + length, PATH_MAX - length, "/%s", name);
    }
    return length > 0 && !is_reserved(place) ? 0 : -1;
}

static int open_at(int folder, const char *path, unsigned long long flags,
                   unsigned long long resolve)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC | flags, .resolve = resolve};

    return file_open_within(folder, path, &how);
}

/* Writes to path[PATH_MAX] where in the root `name` leads, "" for the root itself. */
static int find(const char *name, char *path)
{
    char link[64];
    cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    cleanup_fd int found = root < 0
                               ? -1
                               : open_at(root, *name ? name : ".", 0,
                                         RESOLVE_IN_ROOT | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS);
    if (found < 0)
        return -1;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", found);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 1)
        return -1;
    path[length > 1 ? length : 0] = '\0';
    return 0;
}

void place_resolve(char *place)
{
    char start[PATH_MAX], there[PATH_MAX], whole[2 * PATH_MAX], clean[PATH_MAX];
    char *end = start + strlen(strcpy(start, place + 1));

    /* What is missing will be made. So we ask for the longest part of the path that is there. */
    while (find(start, there) < 0) {
        if (end == start)
            return;
        *end = '\0';
        char *slash = strrchr(start, '/');
        end = slash ? slash : start;
        *end = '\0';
    }
    snprintf(whole, sizeof(whole), "%s/%s", there, place + 1 + strlen(start));
    if (place_parse(whole, clean) == 0)
        strcpy(place, clean);
}

/* To open a FIFO or a device in any other way than by O_PATH is an act. */
static int open_entry(int parent, const char *name, unsigned long long flags)
{
    return open_at(parent, name, flags, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
}

/* Opens the folder `name` in `parent`. If it is not there, makes it first. `path` is its path. */
static int open_folder(int parent, const char *name, const char *path)
{
    int folder = open_entry(parent, name, O_DIRECTORY);

    if (folder >= 0 || errno != ENOENT)
        return folder;
    explain("mkdir", path, NULL);
    if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
        return -1;
    return open_entry(parent, name, O_DIRECTORY);
}

/* The same for a file. */
static int open_file(int parent, const char *name, const char *path)
{
    int file = open_entry(parent, name, 0);

    if (file < 0 && errno == ENOENT) {
        explain("touch", path, NULL);
        if (mknodat(parent, name, S_IFREG | 0644, 0) < 0 && errno != EEXIST)
            return -1;
        file = open_entry(parent, name, 0);
    }
    if (file < 0 || !file_is_folder(file))
        return file;
    file_close(&file);
    errno = EISDIR;
    return -1;
}

/* Says why `name` in `parent` is no place, or cannot be made. Keeps errno. */
static void hint(int parent, const char *name)
{
    char target[256];
    int error = errno;
    ssize_t length = readlinkat(parent, name, target, sizeof(target));

    if (length > 0)
        report_hint("%s is a link to %.*s there. It is followed only in the image, and only to a "
                    "file or folder of the image: write a path without it",
                    name, (int)length, target);
    else if (error == EACCES || error == EPERM || error == EROFS || error == EOVERFLOW)
        report_hint("%s is not there, and the container's root may not make it, or it would be in "
                    "a read-only volume: make it on the host first",
                    name);
    else if (error == EISDIR || error == ENOTDIR)
        report_hint("a folder is mounted on a folder only, and a file on a file: %s is the other",
                    name);
    errno = error;
}

int place_open(const char *place, bool folder)
{
    char path[PATH_MAX], so_far[PATH_MAX], *rest = path, *name;
    int parent = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    snprintf(path, sizeof(path), "%s", place + 1);
    if (parent < 0)
        return report_errno("open / to find %s", place);
    /* Whoever walked the path again could come to another place. So each step is by descriptor. */
    while (parent >= 0 && (name = strsep(&rest, "/"))) {
        snprintf(so_far, sizeof(so_far), "%.*s", (int)(name + strlen(name) - path) + 1, place);
        int next =
            rest || folder ? open_folder(parent, name, so_far) : open_file(parent, name, so_far);
        if (next < 0) {
            report_errno("make %s in the image to mount on", place);
            hint(parent, name);
        }
        file_close(&parent);
        parent = next;
    }
    return parent;
}

int place_depth(const char *place)
{
    int depth = 0;

    for (; *place; place++)
        depth += *place == '/';
    return depth;
}
