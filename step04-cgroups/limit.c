#include "limit.h"

#include "file.h"
#include "kernel_file.h"
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { USUAL_WEIGHT = 100, MOST_WEIGHT = 10000 }; /* of cgroup v2 */

static int refuse(const char *what, const char *text, const char *wanted, int error)
{
    errno = error;
    return report_errno("%s '%.40s' (wanted: %s)", what, text, wanted);
}

/* Returns a power of two for "", "B", "K", "KB", "KiB", "M", ..., or -1 for any other unit. */
static int unit_shift(const char *unit)
{
    static const char prefixes[] = "KMGTP";
    const char *prefix = *unit ? strchr(prefixes, toupper((unsigned char)*unit)) : NULL;

    if (prefix)
        unit++;
    if (*unit && strcasecmp(unit, "B") != 0 && (!prefix || strcasecmp(unit, "iB") != 0))
        return -1;
    return prefix ? 10 * (int)(prefix - prefixes + 1) : 0;
}

/* Tells whether a decimal number begins here: 1, 1.5 or .5. strtod(3) would take more. */
static bool is_decimal(const char *text)
{
    return isdigit((unsigned char)text[*text == '.']);
}

/* The first letter after a decimal number. */
static const char *end_of_decimal(const char *text)
{
    static const char digits[] = "0123456789";

    text += strspn(text, digits);
    return *text == '.' ? text + 1 + strspn(text + 1, digits) : text;
}

/* Docker takes one space before the unit: '64 M'. A fraction of a byte is left out. */
int limit_parse_size(const char *text, void *value)
{
    static const char wanted[] = "a size such as 64M, 5MB or 1.5G";
    const char *unit = end_of_decimal(text);
    char *fraction;

    int shift = unit_shift(*unit == ' ' && unit[1] ? unit + 1 : unit);
    if (!is_decimal(text) || shift < 0)
        return refuse("size", text, wanted, EINVAL);
    errno = 0;
    long long whole = strtoll(text, &fraction, 10);
    long long rest =
        *fraction == '.' ? (long long)(strtod(fraction, NULL) * (double)(1LL << shift)) : 0;
    if (errno == ERANGE || whole > (LLONG_MAX >> shift) || (whole << shift) > LLONG_MAX - rest)
        return refuse("size", text, wanted, ERANGE);
    if (whole == 0 && rest == 0)
        return refuse("size", text, wanted, EINVAL);
    *(long long *)value = (whole << shift) + rest;
    return 0;
}

int limit_parse_cpus(const char *text, void *value)
{
    static const char wanted[] = "a number of CPUs from 0.01 to 1024, such as 0.5";

    if (!is_decimal(text) || *end_of_decimal(text))
        return refuse("cpus", text, wanted, EINVAL);
    double cpus = strtod(text, NULL);
    if (cpus < 0.01 || cpus > 1024)
        return refuse("cpus", text, wanted, ERANGE);
    *(long long *)value = (long long)(cpus * LIMIT_PERIOD + 0.5);
    return 0;
}

static int parse_whole(const char *what, const char *text, long long least, long long most,
                       long long *value)
{
    char wanted[64], *end;

    snprintf(wanted, sizeof(wanted), "a whole number from %lld to %lld", least, most);
    if (!isdigit((unsigned char)*text))
        return refuse(what, text, wanted, EINVAL);
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (*end)
        return refuse(what, text, wanted, EINVAL);
    if (errno == ERANGE || number < least || number > most)
        return refuse(what, text, wanted, ERANGE);
    *value = number;
    return 0;
}

/* The bounds are those of the kernel: for cpu.shares, and for the number of processes. */
int limit_parse_shares(const char *text, void *value)
{
    return parse_whole("cpu-shares", text, 2, 262144, value);
}

int limit_parse_pids(const char *text, void *value)
{
    return parse_whole("pids-limit", text, 1, 4194304, value);
}

static int set_number(const char *dir, const char *file, long long number)
{
    char value[32];

    snprintf(value, sizeof(value), "%lld", number);
    return kernel_file_write(dir, file, value);
}

/* Without this, memory above the limit goes to the swap space, and the limit has no effect. */
static int close_swap(const char *dir, int version, long long memory)
{
    const char *file = version == 2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes";
    char path[PATH_MAX], swaps[4096];

    if (file_join(path, sizeof(path), dir, file) < 0)
        return -1;
    if (access(path, F_OK) == 0)
        /* v2 counts swap alone here, v1 memory and swap together. */
        return set_number(dir, file, version == 2 ? 0 : memory);
    if (errno != ENOENT)
        return report_errno("look at %s", path);
    /* Without this file the kernel counts no swap. In /proc/swaps, titles come before the areas. */
    bool can_swap = file_read("/proc/swaps", swaps, sizeof(swaps)) == 0;
    if (!can_swap && errno != ENOENT) /* a kernel without swap space has no such file */
        return report_errno("read /proc/swaps");
    if (!can_swap || !strchr(swaps, '\n'))
        return 0;
    errno = ENOENT;
    report_errno("refuse swap space to the container by %s", path);
    report_hint("boot the kernel with swapaccount=1, or: sudo swapoff -a");
    return -1;
}

int limit_set_memory(const struct limits *l, const char *dir, int version)
{
    long long memory = l->memory ? l->memory : LIMIT_DEFAULT_MEMORY;

    if (set_number(dir, version == 2 ? "memory.max" : "memory.limit_in_bytes", memory) < 0)
        return -1;
    return close_swap(dir, version, memory);
}

/*
 * v2 has weights from 1 to 10000 in place of shares. The usual share becomes the usual weight,
 * which the kernel gives to all other cgroups: else a container would have less than its
 * neighbours. Twice the share is twice the weight, but at the ends of the range.
 */
static long long weight_of(long long shares)
{
    long long weight = shares * USUAL_WEIGHT / LIMIT_DEFAULT_SHARES;

    if (weight > MOST_WEIGHT)
        return MOST_WEIGHT;
    return weight > 0 ? weight : 1;
}

int limit_set_cpu(const struct limits *l, const char *dir, int version)
{
    long long quota = l->cpu ? l->cpu : LIMIT_DEFAULT_CPU;
    long long shares = l->shares ? l->shares : LIMIT_DEFAULT_SHARES;
    char both[64];

    if (version == 2) {
        snprintf(both, sizeof(both), "%lld %d", quota, LIMIT_PERIOD);
        if (kernel_file_write(dir, "cpu.max", both) < 0)
            return -1;
        return set_number(dir, "cpu.weight", weight_of(shares));
    }
    if (set_number(dir, "cpu.cfs_period_us", LIMIT_PERIOD) < 0 ||
        set_number(dir, "cpu.cfs_quota_us", quota) < 0)
        return -1;
    return set_number(dir, "cpu.shares", shares);
}

int limit_set_pids(const struct limits *l, const char *dir)
{
    return set_number(dir, "pids.max", l->pids ? l->pids : LIMIT_DEFAULT_PIDS);
}

bool limit_report_kills(const char *dir, int version)
{
    const char *file = version == 2 ? "memory.events" : "memory.oom_control";
    char path[PATH_MAX], text[1024];
    long long kills;

    if (file_join(path, sizeof(path), dir, file) < 0 || file_read(path, text, sizeof(text)) < 0)
        return false;
    const char *line = strstr(text, "oom_kill ");
    if (!line || sscanf(line, "oom_kill %lld", &kills) != 1 || kills <= 0)
        return false;
    report_note("the memory limit was reached, and the kernel killed for it: oom_kill %lld", kills);
    return true;
}
