#include "session.h"

#include "report.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int session_start(void)
{
    explain("umask", "022", NULL);
    umask(022);
    explain("setsid", "sh", NULL);
    if (setsid() < 0)
        return report_errno("setsid");
    explain("keyctl", "session", NULL);
    /* A kernel without keyrings (ENOSYS) has no keys to leak. */
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0 && errno != ENOSYS)
        return report_errno("join a new session keyring");
    return 0;
}
