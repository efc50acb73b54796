#include "chroot.h"

#include "privilege.h"
#include "report.h"

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <unistd.h>

int chroot_enter(const char *path)
{
    explain("exec", "chroot", path, "/bin/sh", NULL);
    if (chroot(path) < 0) {
        report_errno("chroot to %s", path);
        if (errno == EPERM && !privilege_hint(CAP_SYS_CHROOT))
            report_hint("only root may do this: call the program by sudo");
        return -1;
    }
    /* chroot(2) leaves the working directory outside, and "cd .." from there goes on outside. */
    if (chdir("/") < 0)
        return report_errno("chdir to / in %s", path);
    return 0;
}
