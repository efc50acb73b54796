#include "priority.h"

#include "kernel_file.h"

#include "report.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *own_pid(void)
{
    static char pid[16];

    snprintf(pid, sizeof(pid), "%d", getpid());
    return pid;
}

static int leave_policy(void)
{
    const struct sched_param none = {0};
    int policy = sched_getscheduler(0);

    if (policy < 0)
        return report_errno("read the scheduling policy");
    policy &= ~SCHED_RESET_ON_FORK;
    if (policy != SCHED_FIFO && policy != SCHED_RR && policy != SCHED_DEADLINE)
        return 0;
    explain("chrt", "--other", "--pid", "0", own_pid(), NULL);
    if (sched_setscheduler(0, SCHED_OTHER, &none) < 0)
        return report_errno("leave the real-time scheduling policy");
    return 0;
}

static int leave_nice_value(void)
{
    errno = 0; /* -1 may be the value */
    int value = getpriority(PRIO_PROCESS, 0);

    if (value == -1 && errno != 0)
        return report_errno("read the nice value");
    if (value >= 0)
        return 0;
    explain("renice", "--priority", "0", "--pid", own_pid(), NULL);
    if (setpriority(PRIO_PROCESS, 0, 0) < 0)
        return report_errno("leave the nice value %d", value);
    return 0;
}

/* glibc has no function for these two calls, and not each version a header. */
static int leave_disk_class(void)
{
    enum { OF_PROCESS = 1, CLASS_SHIFT = 13, REAL_TIME = 1, NONE = 0 };
    long priority = syscall(SYS_ioprio_get, OF_PROCESS, 0);

    if (priority < 0)
        return errno == ENOSYS ? 0 : report_errno("read the priority for disks");
    if (priority >> CLASS_SHIFT != REAL_TIME)
        return 0;
    explain("ionice", "--class", "none", "--pid", own_pid(), NULL);
    if (syscall(SYS_ioprio_set, OF_PROCESS, 0, NONE) < 0)
        return report_errno("leave the real-time class of disks");
    return 0;
}

static int leave_oom_score(void)
{
    FILE *file = fopen("/proc/self/oom_score_adj", "re");
    int score = 0, found = file ? fscanf(file, "%d", &score) : 0;

    if (file)
        fclose(file);
    if (found != 1)
        return report_errno("read /proc/self/oom_score_adj");
    if (score >= 0)
        return 0;
    if (kernel_file_write("/proc/self", "oom_score_adj", "0") < 0)
        return -1;
    if (geteuid() != 0)
        report_note(
            "the container may take back your oom_score_adj of %d: then, where memory runs "
            "out, the kernel kills others first; choom --adjust 0 -- COMMAND... prevents that",
            score);
    return 0;
}

int priority_leave(void)
{
    if (leave_policy() < 0)
        return -1;
    if (leave_nice_value() < 0)
        return -1;
    if (leave_disk_class() < 0)
        return -1;
    return leave_oom_score();
}
