#include "proc.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mount.h>

int proc_mount(void)
{
    /* A link in the image may lead anywhere, as to / : then proc would cover the whole image. */
    if (file_make_mount_point("/proc") < 0)
        return -1;
    explain("mount", "-t", "proc", "-o", "nosuid,nodev,noexec", "proc", "/proc", NULL);
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
        return 0;
    report_errno("mount proc on /proc");
    if (errno == EPERM)
        report_hint(
            "inside a container that masks part of /proc, the kernel mounts no other proc; "
            "nor does it in a user namespace without a PID namespace: unshare --pid --fork");
    return -1;
}
