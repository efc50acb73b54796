#include "masked_proc.h"

#include "file.h"
#include "mount_fd.h"
#include "report.h"

#include <errno.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stddef.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { HARMLESS = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

int masked_proc_open(int *mount)
{
    *mount = mount_fd_new("proc", NULL, HARMLESS);
    if (*mount < 0 && errno == EPERM)
        report_hint("inside a container that masks part of /proc, the kernel mounts no other proc");
    return *mount < 0 ? -1 : 0;
}

int masked_proc_attach(int mount)
{
    struct statfs fs;

    if (file_make_mount_point("/proc") < 0)
        return -1;
    explain_comment(
        "mount -t proc -o nosuid,nodev,noexec proc /proc, made while the host was in sight");
    if (mount_fd_attach(mount, "/proc") < 0)
        return -1;
    /* A false /proc would accept a write, such as of a security profile, and ignore it. */
    if (statfs("/proc", &fs) < 0)
        return report_errno("look at /proc");
    if (fs.f_type == PROC_SUPER_MAGIC)
        return 0;
    errno = EINVAL;
    return report_errno("/proc is not a proc file system");
}

static int make_read_only(const char *path)
{
    explain("mount", "--bind", "-o", "ro", path, path, NULL);
    int mount = mount_fd_copy(path, HARMLESS | MOUNT_ATTR_RDONLY);

    return mount < 0 ? -1 : mount_fd_attach(mount, path);
}

static int hide_file(const char *path)
{
    explain("mount", "--bind", "-o", "ro", "/dev/null", path, NULL);
    int mount = mount_fd_copy("/dev/null", HARMLESS | MOUNT_ATTR_RDONLY);

    return mount < 0 ? -1 : mount_fd_attach(mount, path);
}

/* Each kernel has some of these files. A missing file needs no cover. */
static int cover(int (*with)(const char *), const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (access(paths[i], F_OK) == 0) {
            if (with(paths[i]) < 0)
                return -1;
        } else if (errno != ENOENT) {
            return report_errno("look at %s", paths[i]);
        }
    }
    return 0;
}

int masked_proc_protect(void)
{
    static const char *const settings[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                           "/proc/sysrq-trigger"};
    /* The counts of interrupts tell when a key is pressed. */
    static const char *const secrets[] = {
        "/proc/interrupts",  "/proc/kallsyms",   "/proc/kcore",
        "/proc/keys",        "/proc/kmsg",       "/proc/latency_stats",
        "/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats",
    };
    static const char *const hardware[] = {"/proc/acpi", "/proc/asound", "/proc/scsi"};

    if (cover(make_read_only, settings, sizeof(settings) / sizeof(*settings)) < 0 ||
        cover(hide_file, secrets, sizeof(secrets) / sizeof(*secrets)) < 0 ||
        cover(mount_fd_cover_folder, hardware, sizeof(hardware) / sizeof(*hardware)) < 0)
        return -1;
    return 0;
}
