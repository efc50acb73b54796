#include "sysfs.h"

#include "file.h"
#include "report.h"

#include <stddef.h>
#include <sys/mount.h>

int sysfs_mount(void)
{
    unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

    if (file_make_mountpoint("/sys") < 0)
        return -1;
    explain("mount", "-t", "sysfs", "-o", "ro,nosuid,nodev,noexec", "sysfs", "/sys", NULL);
    if (mount("sysfs", "/sys", "sysfs", flags, NULL) < 0)
        return report_errno("mount sysfs on /sys");
    return 0;
}
