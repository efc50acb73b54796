#include "storage.h"

#include "file.h"
#include "mount_fd.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The old `lower`, before the tmpfs covers it: a link to the image, or a mount of it. */
struct image {
    char path[PATH_MAX];
    int mount;
};

static int take_lower(const char *lower, struct image *image)
{
    ssize_t length = readlink(lower, image->path, sizeof(image->path) - 1);

    image->mount = -1;
    if (length >= 0) {
        image->path[length] = '\0';
        return 0;
    }
    if (errno != EINVAL) {
        report_errno("read the link %s", lower);
        if (errno == EACCES)
            report_hint("the container's ids need to enter each folder above it: chmod o+x, or "
                        "--scratch DIR elsewhere");
        return -1;
    }
    image->mount = mount_fd_copy(lower, 0);
    return image->mount < 0 ? -1 : 0;
}

static int put_lower(const char *lower, const struct image *image)
{
    if (image->mount < 0) {
        explain("ln", "-s", image->path, lower, NULL);
        return symlink(image->path, lower) < 0 ? report_errno("symlink %s", lower) : 0;
    }
    explain("mkdir", lower, NULL);
    explain_comment("move the old mount of the image back to %s", lower);
    if (mkdir(lower, 0755) < 0)
        return report_errno("mkdir %s", lower);
    return mount_fd_attach(image->mount, lower);
}

static int make_layers(const char *dir)
{
    static const char *const names[] = {"upper", "work", "merged"};
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (file_join(path, sizeof(path), dir, names[i]) < 0)
            return -1;
        explain("mkdir", path, NULL);
        if (mkdir(path, 0755) < 0)
            return report_errno("mkdir %s", path);
    }
    return 0;
}

int storage_limit(const char *dir, long long bytes)
{
    char options[64], lower[PATH_MAX];
    struct image image;

    snprintf(options, sizeof(options), "size=%lld,mode=700", bytes ? bytes : STORAGE_DEFAULT);
    if (file_join(lower, sizeof(lower), dir, "lower") < 0 || take_lower(lower, &image) < 0)
        return -1;
    explain("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir, NULL);
    int mount = mount_fd_new("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (mount < 0 || mount_fd_attach(mount, dir) < 0 || make_layers(dir) < 0)
        return -1;
    return put_lower(lower, &image);
}
