#include "sysfs.h"

#include "file.h"
#include "mount_fd.h"
#include "report.h"

#include <errno.h>
#include <linux/mount.h>
#include <stddef.h>
#include <unistd.h>

enum { READ_ONLY = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

int sysfs_open(void)
{
    return mount_fd_new("sysfs", NULL, READ_ONLY);
}

int sysfs_attach(int mount)
{
    static const char firmware[] = "/sys/firmware";

    if (file_make_mount_point("/sys") < 0)
        return -1;
    explain_comment(
        "mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys, made while the host was in sight");
    if (mount_fd_attach(mount, "/sys") < 0)
        return -1;
    if (access(firmware, F_OK) < 0)
        return errno == ENOENT ? 0 : report_errno("look at %s", firmware);
    return mount_fd_cover_folder(firmware);
}
