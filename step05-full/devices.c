#include "devices.h"

#include "file.h"
#include "report.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int mount_new(const char *type, const char *where, unsigned long flags, const char *options)
{
    if (file_make_mountpoint(where) < 0)
        return -1;
    explain("mount", "-t", type, "-o", options, type, where, NULL);
    if (mount(type, where, type, flags, options) < 0)
        return report_errno("mount %s on %s", type, where);
    return 0;
}

static int bind_node(const char *host_dev, const char *name)
{
    char source[PATH_MAX], target[PATH_MAX];

    if (file_join(source, sizeof(source), host_dev, name) < 0 ||
        file_join(target, sizeof(target), "/dev", name) < 0)
        return -1;
    int fd = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return report_errno("create %s to mount on", target);
    close(fd);
    explain("mount", "--bind", source, target, NULL);
    if (mount(source, target, NULL, MS_BIND, NULL) < 0)
        return report_errno("bind %s to %s", source, target);
    return 0;
}

static int make_links(void)
{
    static const char *const links[][2] = {
        {"/proc/self/fd", "/dev/fd"},       {"/proc/self/fd/0", "/dev/stdin"},
        {"/proc/self/fd/1", "/dev/stdout"}, {"/proc/self/fd/2", "/dev/stderr"},
        {"pts/ptmx", "/dev/ptmx"},
    };

    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
        if (symlink(links[i][0], links[i][1]) < 0)
            return report_errno("symlink %s to %s", links[i][1], links[i][0]);
    return 0;
}

int devices_mount(const char *host_dev)
{
    static const char *const nodes[] = {"null", "zero", "full", "random", "urandom", "tty"};

    if (mount_new("tmpfs", "/dev", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k") < 0)
        return -1;
    for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++)
        if (bind_node(host_dev, nodes[i]) < 0)
            return -1;
    if (mount_new("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
                  "newinstance,ptmxmode=0666,mode=0620") < 0 ||
        mount_new("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m") < 0)
        return -1;
    return make_links();
}
