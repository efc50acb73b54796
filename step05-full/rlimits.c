#include "rlimits.h"

#include "report.h"

#include <stddef.h>
#include <sys/resource.h>

static rlim_t least(rlim_t a, rlim_t b)
{
    return a < b ? a : b;
}

int rlimits_lower(void)
{
    static const struct {
        const char *name;
        int resource;
        rlim_t soft, hard;
    } limits[] = {
        {"RLIMIT_CORE", RLIMIT_CORE, 1, 1}, /* with 0, a handler of core dumps is started still */
        {"RLIMIT_NOFILE", RLIMIT_NOFILE, 1024, 4096},
        {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK, 65536, 65536},
    };
    struct rlimit limit;

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        if (getrlimit(limits[i].resource, &limit) < 0)
            return report_errno("getrlimit %s", limits[i].name);
        /* Only downwards: to raise one takes CAP_SYS_RESOURCE on the host. */
        limit.rlim_max = least(limit.rlim_max, limits[i].hard);
        limit.rlim_cur = least(limit.rlim_max, limits[i].soft);
        if (setrlimit(limits[i].resource, &limit) < 0)
            return report_errno("setrlimit %s", limits[i].name);
    }
    return 0;
}
