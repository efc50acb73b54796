#include "syscalls.h"

#include "report.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>

int syscalls_filter(void)
{
    explain_comment("load the filters of system calls; no command of a shell can do this");
    for (int i = 0; i < SYSCALLS_FILTERS; i++)
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &syscalls_filters[i], 0, 0) < 0)
            return report_errno("load the system call filter");
    return 0;
}
