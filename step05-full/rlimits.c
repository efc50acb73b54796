#include "rlimits.h"

#include "report.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static rlim_t least(rlim_t a, rlim_t b)
{
    return a < b ? a : b;
}

/* prlimit(1) takes a limit such as "--core=1:1", and the process to change. */
static void explain_limit(const char *name, const struct rlimit *limit)
{
    char option[64], pid[16];

    snprintf(option, sizeof(option), "--%s=%llu:%llu", name, (unsigned long long)limit->rlim_cur,
             (unsigned long long)limit->rlim_max);
    snprintf(pid, sizeof(pid), "%d", getpid());
    explain("prlimit", "--pid", pid, option, NULL);
}

int rlimits_lower(void)
{
    static const struct {
        const char *name;
        int resource;
        rlim_t soft, hard;
    } limits[] = {
        {"core", RLIMIT_CORE, 1, 1}, /* with 0, the kernel still starts core_pattern's program */
        {"nofile", RLIMIT_NOFILE, 1024, 4096},
        {"memlock", RLIMIT_MEMLOCK, 65536, 65536},
    };
    struct rlimit limit;

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        if (getrlimit(limits[i].resource, &limit) < 0)
            return report_errno("read the limit %s", limits[i].name);
        /* Only downwards: CAP_SYS_RESOURCE on the host is needed to raise a limit. */
        limit.rlim_max = least(limit.rlim_max, limits[i].hard);
        limit.rlim_cur = least(limit.rlim_max, limits[i].soft);
        explain_limit(limits[i].name, &limit);
        if (setrlimit(limits[i].resource, &limit) < 0)
            return report_errno("lower the limit %s", limits[i].name);
    }
    return 0;
}

int rlimits_read(struct rlimits *r, pid_t pid)
{
    for (int i = 0; i < RLIM_NLIMITS; i++)
        if (prlimit(pid, (enum __rlimit_resource)i, NULL, &r->all[i]) < 0)
            return report_errno("read limit %d of process %d", i, pid);
    return 0;
}

int rlimits_take(const struct rlimits *r)
{
    struct rlimit limit;

    explain_comment("take the limits of the container's process 1");
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        if (getrlimit((enum __rlimit_resource)i, &limit) < 0)
            return report_errno("read limit %d", i);
        limit.rlim_max = least(limit.rlim_max, r->all[i].rlim_max);
        limit.rlim_cur = least(limit.rlim_max, r->all[i].rlim_cur);
        if (setrlimit((enum __rlimit_resource)i, &limit) < 0)
            return report_errno("lower limit %d", i);
    }
    return 0;
}
