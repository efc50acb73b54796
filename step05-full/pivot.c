#include "pivot.h"

#include "report.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int pivot_enter(const char *root)
{
    const char *host = &PIVOT_HOST[1]; /* relative to the new root, which we are in */

    explain("cd", root, NULL);
    if (chdir(root) < 0)
        return report_errno("chdir to %s", root);
    explain("mkdir", "-m", "700", host, NULL);
    if (mkdir(host, 0700) < 0)
        return report_errno("mkdir %s in the image", PIVOT_HOST);
    explain("pivot_root", ".", host, NULL);
    if (syscall(SYS_pivot_root, ".", host) < 0) {
        report_errno("pivot_root to %s", root);
        if (errno == EINVAL)
            report_hint("pivot_root does not work where / is the initramfs: switch_root first");
        return -1;
    }
    if (chdir("/") < 0)
        return report_errno("chdir to /");
    return 0;
}

int pivot_detach(void)
{
    explain("umount", "-l", PIVOT_HOST, NULL);
    if (umount2(PIVOT_HOST, MNT_DETACH) < 0)
        return report_errno("umount %s", PIVOT_HOST);
    if (rmdir(PIVOT_HOST) < 0)
        return report_errno("rmdir %s", PIVOT_HOST);
    return 0;
}
