#include "devices.h"

#include "file.h"
#include "mount_fd.h"
#include "report.h"
#include "storage.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stddef.h>
#include <unistd.h>

/* The kernel's list of devices, admin-guide/devices.txt, gives these numbers. */
static const struct {
    const char *name;
    unsigned major, minor;
} known[DEVICES_COUNT] = {
    {"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
    {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0},
};

int devices_open(struct devices *d)
{
    char path[PATH_MAX];

    for (int i = 0; i < DEVICES_COUNT; i++) {
        if (file_join(path, sizeof(path), "/dev", known[i].name) < 0)
            return -1;
        d->nodes[i] = mount_fd_copy(path, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
        if (d->nodes[i] < 0 && errno == ENOENT)
            file_hint_device(path, known[i].major, known[i].minor);
        if (d->nodes[i] < 0)
            return -1;
        if (file_check_device(d->nodes[i], path, known[i].major, known[i].minor) < 0)
            return -1;
    }
    return 0;
}

int devices_open_shm(struct devices *d, const struct scratch *s)
{
    d->shm =
        storage_open_folder(s, "shm", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    return d->shm < 0 ? -1 : 0;
}

static int attach_new(const char *type, const char *where, unsigned attributes, const char *options)
{
    if (file_make_mount_point(where) < 0)
        return -1;
    explain("mount", "-t", type, "-o", options, type, where, NULL);
    int mount = mount_fd_new(type, options, attributes);
    return mount < 0 ? -1 : mount_fd_attach(mount, where);
}

static int attach_node(int node, const char *name)
{
    char path[PATH_MAX];

    if (file_join(path, sizeof(path), "/dev", name) < 0)
        return -1;
    explain("touch", path, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return report_errno("create %s to mount on", path);
    /* A comment, since the host's file has no path here any more. */
    explain_comment("mount --bind HOST%s %s", path, path);
    return mount_fd_attach_at(node, fd, path);
}

static int attach_shm(int mount)
{
    if (file_make_mount_point("/dev/shm") < 0)
        return -1;
    explain_comment("mount --bind shm /dev/shm (the first path is in the storage)");
    return mount_fd_attach(mount, "/dev/shm");
}

static int make_links(void)
{
    static const char *const links[][2] = {
        {"/proc/self/fd", "/dev/fd"},       {"/proc/self/fd/0", "/dev/stdin"},
        {"/proc/self/fd/1", "/dev/stdout"}, {"/proc/self/fd/2", "/dev/stderr"},
        {"pts/ptmx", "/dev/ptmx"},
    };

    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
        explain("ln", "-s", links[i][0], links[i][1], NULL);
        if (symlink(links[i][0], links[i][1]) < 0)
            return report_errno("symlink %s to %s", links[i][1], links[i][0]);
    }
    return 0;
}

int devices_attach(struct devices *d)
{
    const unsigned quiet = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;

    if (attach_new("tmpfs", "/dev", quiet, "mode=755,size=64k,nr_inodes=256") < 0)
        return -1;
    for (int i = 0; i < DEVICES_COUNT; i++)
        if (attach_node(d->nodes[i], known[i].name) < 0)
            return -1;
    /* All terminals of the machine are counted in one table. */
    if (attach_new("devpts", "/dev/pts", quiet, "ptmxmode=0666,mode=0620,max=256") < 0 ||
        attach_shm(d->shm) < 0)
        return -1;
    return make_links();
}
