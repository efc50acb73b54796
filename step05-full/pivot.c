#include "pivot.h"

#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int pivot_enter(const char *root)
{
    explain("cd", root, NULL);
    if (chdir(root) < 0)
        return report_errno("chdir to %s", root);

    /* Both names are the same: so the old root goes on top of the new one, and needs no folder. */
    explain("pivot_root", ".", ".", NULL);
    if (syscall(SYS_pivot_root, ".", ".") < 0) {
        report_errno("pivot_root to %s", root);
        if (errno == EINVAL)
            report_hint("pivot_root does not work where / is the initramfs: switch_root first");
        return -1;
    }
    explain("umount", "-l", ".", NULL);
    if (umount2(".", MNT_DETACH) < 0)
        return report_errno("umount the host's root");
    if (chdir("/") < 0)
        return report_errno("chdir to /");
    return 0;
}
