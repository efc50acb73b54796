/*
 * limit: how much of the machine a container may use.
 *
 * The four limits have different files and units in cgroup v1 and v2. So the functions take the
 * cgroup's directory and its version. See cgroups(7), and in the kernel's Documentation/admin-guide
 * cgroup-v2.rst and cgroup-v1/.
 * Closes rows 28, 29 and 30 of the attack table.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>

/* 0 means that the user did not choose this limit. Then LIMIT_DEFAULT_... is used. */
struct limits {
    long long memory; /* bytes, swap included                                          */
    long long cpu;    /* microseconds of CPU time in each LIMIT_PERIOD, over all CPUs */
    long long shares; /* a weight against others when CPU time is short: 1024 is usual */
    long long pids;   /* processes and threads                                         */
};

enum {
    LIMIT_PERIOD = 100000,
    LIMIT_DEFAULT_MEMORY = 512 * 1024 * 1024,
    LIMIT_DEFAULT_CPU = LIMIT_PERIOD,
    LIMIT_DEFAULT_SHARES = 1024,
    LIMIT_DEFAULT_PIDS = 256,
};

/*
 * Parse what the user chose into value, a long long. Each returns 0, or -1 after a report: EINVAL,
 * ERANGE. A size is a decimal with a unit: 5MB, 64m, 1.5GiB, 65536; CPUs are a decimal: 0.5, .5.
 */
int limit_parse_size(const char *text, void *value);
int limit_parse_cpus(const char *text, void *value);
int limit_parse_shares(const char *text, void *value);
int limit_parse_pids(const char *text, void *value);

/*
 * Write the limits to the files of the cgroup `dir`, in a hierarchy of this version. A limit that
 * the kernel refuses is always an error. Each returns 0, or -1 after a report.
 */
int limit_set_memory(const struct limits *l, const char *dir, int version);
int limit_set_cpu(const struct limits *l, const char *dir, int version);
int limit_set_pids(const struct limits *l, const char *dir);

/*
 * Prints a note if the kernel has killed processes of the cgroup `dir` for its memory limit.
 * Returns whether it has.
 */
bool limit_report_kills(const char *dir, int version);

#endif
