#include "root.h"

#include "mount_fd.h"
#include "report.h"

#include <linux/mount.h>
#include <stddef.h>

int root_restrict(bool read_only)
{
    unsigned attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;

    if (read_only)
        attributes |= MOUNT_ATTR_RDONLY;
    explain("mount", "-o", read_only ? "remount,bind,nosuid,nodev,ro" : "remount,bind,nosuid,nodev",
            "/", NULL);
    return mount_fd_restrict("/", attributes);
}
