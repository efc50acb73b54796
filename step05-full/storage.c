#include "storage.h"

#include "limit.h"
#include "lower.h"
#include "mount_fd.h"

#include "file.h"
#include "gate.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sets path[PATH_MAX] to where the link `lower` leads, before the tmpfs covers it. */
static int read_lower(char *path)
{
    ssize_t length = readlink("lower", path, PATH_MAX);

    if (length == PATH_MAX)
        errno = ENAMETOOLONG; /* what did not fit was cut off */
    if (length < 0 || length == PATH_MAX)
        return report_errno("read the link lower");
    path[length] = '\0';
    return 0;
}

/* A link, or a folder for the mount of the image that the launcher gave. */
static int make_lower(const char *path)
{
    if (gate_given() < 0) {
        explain("ln", "-s", path, "lower", NULL);
        return symlink(path, "lower") < 0 ? report_errno("symlink lower") : 0;
    }
    explain("mkdir", "lower", NULL);
    return file_make_folder(AT_FDCWD, "lower", 0755) < 0 ? report_errno("mkdir lower") : 0;
}

static int make_layers(void)
{
    static const char *const names[] = {"upper", "work", "merged"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        explain("mkdir", names[i], NULL);
        if (file_make_folder(AT_FDCWD, names[i], 0755) < 0)
            return report_errno("mkdir %s", names[i]);
    }
    return 0;
}

static int enter(const struct scratch *s)
{
    explain("cd", s->dir, NULL);
    if (scratch_enter(s) == 0)
        return 0;
    if (errno == EACCES)
        report_hint("the container's ids need to enter each folder above it: chmod o+x, or "
                    "--scratch DIR elsewhere");
    return -1;
}

/* An empty file takes no bytes, but memory of the kernel. So we count files, too. */
static long long most_files(long long bytes)
{
    enum { FILE_SIZE = 4096, LEAST = 1024 };

    return bytes / FILE_SIZE > LEAST ? bytes / FILE_SIZE : LEAST;
}

/* The tmpfs covers the folder that we are in, so we must go into it. */
static int cover(struct scratch *s, long long bytes)
{
    char options[128];

    snprintf(options, sizeof(options), "size=%lld,nr_inodes=%lld,mode=700", bytes,
             most_files(bytes));
    explain("mount", "-t", "tmpfs", "-o", options, "tmpfs", s->dir, NULL);
    int mount = mount_fd_new("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (mount < 0)
        return -1;
    int top = fcntl(mount, F_DUPFD_CLOEXEC, 0);
    if (top < 0) {
        report_errno("keep the tmpfs on %s open", s->dir);
        file_close(&mount);
        return -1;
    }
    if (mount_fd_attach(mount, ".") < 0) {
        file_close(&top);
        return -1;
    }
    close(s->fd);
    s->fd = top;
    explain("cd", s->dir, NULL);
    return fchdir(top) < 0 ? report_errno("chdir to %s", s->dir) : 0;
}

int storage_check(bool keep, long long bytes)
{
    if (bytes && bytes < STORAGE_LEAST) {
        errno = EINVAL;
        return report_errno("--storage-size %lld: at least %dK, for the container's own files",
                            bytes, STORAGE_LEAST >> 10);
    }
    if (!keep || !bytes)
        return 0;
    errno = EINVAL;
    report_errno("--keep and --storage-size");
    report_hint(
        "a layer that is kept is on the disk, where it has no limit: leave one of them out");
    return -1;
}

int storage_make(struct overlay *o, const char *parent, const char *name, const char *rootfs)
{
    return o->folder.keep ? overlay_make(o, parent, name, rootfs)
                          : overlay_make_folder(o, parent, name, rootfs);
}

int storage_limit(struct scratch *s, long long bytes)
{
    char path[PATH_MAX];

    if (enter(s) < 0)
        return -1;
    if (s->keep)
        return lower_attach(s);
    if (read_lower(path) < 0 || cover(s, bytes ? bytes : STORAGE_DEFAULT) < 0 ||
        make_layers() < 0 || make_lower(path) < 0)
        return -1;
    return lower_attach(s);
}

long long storage_in_memory(const char *dir)
{
    char path[PATH_MAX], line[128];
    long long files = 0;

    if (!*dir || file_join(path, sizeof(path), dir, "memory.stat") < 0)
        return 0;
    FILE *stat = fopen(path, "re");
    if (!stat)
        return 0;
    while (fgets(line, sizeof(line), stat) && sscanf(line, "shmem %lld", &files) != 1)
        ;
    fclose(stat);
    return files;
}

void storage_hint_memory(long long files, long long bytes, long long memory)
{
    enum { MIB = 1 << 20 };

    bytes = bytes ? bytes : STORAGE_DEFAULT;
    memory = memory ? memory : LIMIT_DEFAULT_MEMORY;
    if (files >= memory / 4 && files >= MIB)
        report_hint("the files that it wrote are in memory, too, %lldM of them; give it room for "
                    "both, such as: --storage-size %lldM --memory %lldM",
                    files / MIB, (bytes + MIB - 1) / MIB, (bytes + memory + MIB - 1) / MIB);
}

int storage_open_folder(const struct scratch *s, const char *name, unsigned attributes)
{
    static const char own_limit[] = "mode=1777,size=64m,nr_inodes=16384";

    if (s->keep) {
        explain_comment("make a tmpfs for %s: -o %s", name, own_limit);
        return mount_fd_new("tmpfs", own_limit, attributes);
    }
    explain("mkdir", "-m", "1777", name, NULL);
    if (file_make_folder(AT_FDCWD, name, 01777) < 0)
        return report_errno("mkdir %s", name);
    return mount_fd_copy(name, attributes);
}
