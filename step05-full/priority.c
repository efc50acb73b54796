#include "priority.h"

#include "kernel_file.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
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
    int reset = policy & SCHED_RESET_ON_FORK; /* only root may clear it; a child does not have it */
    policy &= ~SCHED_RESET_ON_FORK;
    if (policy != SCHED_FIFO && policy != SCHED_RR && policy != SCHED_DEADLINE)
        return 0;
    explain("chrt", "--other", "--pid", "0", own_pid(), NULL);
    if (sched_setscheduler(0, SCHED_OTHER | reset, &none) < 0)
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

/* glibc has no functions for these calls, and older headers of the kernel no <linux/ioprio.h>. */
static int leave_disk_class(void)
{
    enum { OF_PROCESS = 1, CLASS_SHIFT = 13, REAL_TIME = 1, NONE = 0 };
    long priority = syscall(SYS_ioprio_get, OF_PROCESS, 0);
    bool is_known = priority >= 0; /* a filter may forbid this call, and not the other */

    if (!is_known && errno != ENOSYS)
        return report_errno("read the priority for disks");
    if (is_known && priority >> CLASS_SHIFT != REAL_TIME)
        return 0;
    if (is_known)
        explain("ionice", "--class", "none", "--pid", own_pid(), NULL);
    if (syscall(SYS_ioprio_set, OF_PROCESS, 0, NONE) == 0)
        return 0;
    if (!is_known && errno == ENOSYS) /* a kernel without disks has neither call */
        return 0;
    return report_errno("leave the real-time class of disks");
}

/*
 * A score can go back to the least that was written by CAP_SYS_RESOURCE, which no file shows. Who
 * has that right makes the usual score the least. Who has it not tries whether -1 is refused.
 */
static int leave_oom_score(bool may_set_least)
{
    static const char path[] = "/proc/self/oom_score_adj";
    char text[16];

    if (file_read(path, text, sizeof(text)) < 0)
        return report_errno("read %s", path);
    if (!may_set_least && text[0] != '-' && file_write(path, "-1") < 0)
        return errno == EACCES ? 0 : report_errno("write to %s", path);
    const char *usual = atoi(text) > 0 ? text : "0";
    if (kernel_file_write("/proc/self", "oom_score_adj", usual) < 0)
        return -1;
    if (!may_set_least)
        report_note("the container may take an oom_score_adj below 0, as you may: where memory "
                    "runs out, the kernel would kill others first; only the host's root can "
                    "prevent that: sudo choom --adjust 0 --pid $$, then start the container again");
    return 0;
}

/* prctl(2): such a process gets memory where others must wait. To ask needs CAP_SYS_RESOURCE, too.
 */
static int leave_io_flusher(bool is_flusher)
{
    if (!is_flusher)
        return 0;
    explain_comment("be no IO_FLUSHER, see prctl(2)");
    return prctl(PR_SET_IO_FLUSHER, 0, 0, 0, 0) < 0 ? report_errno("be no IO_FLUSHER") : 0;
}

int priority_leave(void)
{
    int flusher = prctl(PR_GET_IO_FLUSHER, 0, 0, 0, 0); /* -1 without CAP_SYS_RESOURCE */

    if (leave_policy() < 0)
        return -1;
    if (leave_nice_value() < 0)
        return -1;
    if (leave_disk_class() < 0)
        return -1;
    if (leave_io_flusher(flusher == 1) < 0)
        return -1;
    return leave_oom_score(flusher >= 0);
}
