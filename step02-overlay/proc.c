#include "proc.h"

#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>

int proc_mount(void)
{
    if (mkdir("/proc", 0555) < 0 && errno != EEXIST)
        return report_errno("mkdir /proc");
    explain("mount", "-t", "proc", "-o", "nosuid,nodev,noexec", "proc", "/proc", NULL);
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
        return 0;
    report_errno("mount proc on /proc");
    if (errno == EPERM)
        report_hint("inside a container that masks part of /proc, the kernel mounts no other proc");
    return -1;
}
