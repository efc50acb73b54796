#include "rlimits.h"

#include "limit.h"

#include "report.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of a core dump. With 0, the kernel still starts core_pattern's program. */
static const struct rlimit one_byte = {.rlim_cur = 1, .rlim_max = 1};

static rlim_t least(rlim_t a, rlim_t b)
{
    return a < b ? a : b;
}

/* prlimit(1) takes the process to change, and a limit such as "--core=1:1". */
static void explain_limit(const char *name, const struct rlimit *limit)
{
    char option[64], pid[16];

    snprintf(option, sizeof(option), "--%s=%llu:%llu", name, (unsigned long long)limit->rlim_cur,
             (unsigned long long)limit->rlim_max);
    snprintf(pid, sizeof(pid), "%d", getpid());
    explain("prlimit", "--pid", pid, option, NULL);
}

struct lower {
    const char *name;
    int resource;
    rlim_t soft, hard;
};

/* Only downwards: CAP_SYS_RESOURCE on the host is needed to raise a limit. */
static void lower_one(int resource, struct rlimit *limit, const struct rlimit *most)
{
    if (resource == RLIMIT_CORE) /* 0 would be weaker than 1 */
        limit->rlim_cur = limit->rlim_max;
    limit->rlim_max = least(limit->rlim_max, most->rlim_max);
    limit->rlim_cur = least(limit->rlim_max, least(limit->rlim_cur, most->rlim_cur));
}

static int lower_all(const struct lower *limits, size_t count)
{
    struct rlimit limit;

    for (size_t i = 0; i < count; i++) {
        if (getrlimit(limits[i].resource, &limit) < 0)
            return report_errno("read the limit %s", limits[i].name);
        lower_one(limits[i].resource, &limit, &(struct rlimit){limits[i].soft, limits[i].hard});
        explain_limit(limits[i].name, &limit);
        if (setrlimit(limits[i].resource, &limit) < 0)
            return report_errno("lower the limit %s", limits[i].name);
    }
    return 0;
}

/* The first letter of core_pattern: | for a program, @ for a socket. Unknown counts as |. */
static int handler_of_core_dumps(void)
{
    FILE *setting = fopen("/proc/sys/kernel/core_pattern", "re");
    int first = setting ? fgetc(setting) : EOF;

    if (setting)
        fclose(setting);
    return first == EOF ? '|' : first;
}

int rlimits_raise_core(void)
{
    int handler = handler_of_core_dumps();
    struct rlimit limit;

    if (handler == '@')
        report_note("when a command in the container crashes, the kernel sends its memory to a "
                    "socket of the host (/proc/sys/kernel/core_pattern): no limit prevents that");
    if (getrlimit(RLIMIT_CORE, &limit) < 0)
        return report_errno("read the limit core");
    if (limit.rlim_max != 0)
        return 0;
    if (setrlimit(RLIMIT_CORE, &one_byte) == 0) { /* explained only now: it may be refused */
        explain_limit("core", &one_byte);
        return 0;
    }
    if (errno != EPERM)
        return report_errno("raise the limit core from 0 to 1");
    if (handler == '|')
        report_note("when a command in the container crashes, the kernel starts a program of the "
                    "host (/proc/sys/kernel/core_pattern): the core limit here is 0, and only 1 "
                    "prevents that; the host's root can raise it: sudo prlimit --pid $$ --core=1, "
                    "then start the container again");
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
        const struct rlimit *most = i == RLIMIT_CORE ? &one_byte : &r->all[i];
        lower_one(i, &limit, most);
        if (setrlimit((enum __rlimit_resource)i, &limit) < 0)
            return report_errno("lower limit %d", i);
    }
    return 0;
}

static int replace_cgroup(void)
{
    /* Not RLIMIT_AS: Go, Java and node reserve addresses that they never use. */
    static const struct lower limits[] = {
        {"nproc", RLIMIT_NPROC, LIMIT_DEFAULT_PIDS, LIMIT_DEFAULT_PIDS},
#ifndef __SANITIZE_ADDRESS__ /* its map of all addresses would count, and is larger */
        {"data", RLIMIT_DATA, LIMIT_DEFAULT_MEMORY, LIMIT_DEFAULT_MEMORY},
#endif
    };

    return lower_all(limits, sizeof(limits) / sizeof(*limits));
}

int rlimits_lower(bool has_cgroup)
{
    static const struct lower limits[] = {
        {"core", RLIMIT_CORE, 1, 1},
        {"nofile", RLIMIT_NOFILE, 1024, 4096},
        {"memlock", RLIMIT_MEMLOCK, 65536, 65536},
        {"sigpending", RLIMIT_SIGPENDING, 4096, 4096},
        {"msgqueue", RLIMIT_MSGQUEUE, 409600, 409600},
        {"rtprio", RLIMIT_RTPRIO, 0, 0},
        {"nice", RLIMIT_NICE, 0, 0},
    };

    if (lower_all(limits, sizeof(limits) / sizeof(*limits)) < 0)
        return -1;
    return has_cgroup ? 0 : replace_cgroup();
}
