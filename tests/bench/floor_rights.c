#include "floor.h"

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    int resource;
    struct rlimit limit;
} limits[] = {
    {RLIMIT_CORE, {1, 1}},
    {RLIMIT_NOFILE, {1024, 4096}},
    {RLIMIT_MEMLOCK, {65536, 65536}},
    {RLIMIT_SIGPENDING, {4096, 4096}},
    {RLIMIT_MSGQUEUE, {409600, 409600}},
    {RLIMIT_RTPRIO, {0, 0}},
    {RLIMIT_NICE, {0, 0}},
    /* These two where there is no cgroup. */
    {RLIMIT_NPROC, {256, 256}},
    {RLIMIT_DATA, {512 << 20, 512 << 20}},
};

static const int kept[] = {
    CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,  CAP_FSETID,           CAP_KILL,
    CAP_SETGID, CAP_SETUID,       CAP_SETFCAP, CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT,
};

static void lower_limits(const struct floor *f)
{
    size_t count = sizeof(limits) / sizeof(*limits) - (f->group_count ? 2 : 0);

    for (size_t i = 0; i < count; i++) {
        __rlimit_resource_t resource = (__rlimit_resource_t)limits[i].resource;
        struct rlimit limit = limits[i].limit, now;

        floor_must(getrlimit(resource, &now), "limit");
        if (limit.rlim_max > now.rlim_max) /* a small machine's are lower */
            limit.rlim_max = now.rlim_max;
        if (limit.rlim_cur > limit.rlim_max)
            limit.rlim_cur = limit.rlim_max;
        floor_must(setrlimit(resource, &limit), "limit");
    }
}

static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2] = {0};
    uint64_t keep = 0;

    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
        keep |= UINT64_C(1) << kept[i];
    for (int i = 0; i <= CAP_LAST_CAP; i++)
        if (!(keep >> i & 1))
            floor_must(prctl(PR_CAPBSET_DROP, i, 0, 0, 0), "bound");
    floor_must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient");
    sets[0].effective = sets[0].permitted = (uint32_t)keep;
    floor_must(syscall(SYS_capset, &header, sets), "capset");
}

void floor_give_up_rights(const struct floor *f)
{
    lower_limits(f);
    drop_capabilities();
    floor_must(close_range(3, ~0U, 0), "close_range");
    floor_must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable");
    floor_must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
    for (size_t i = 0; i < FLOOR_FILTERS; i++)
        floor_must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &floor_filters[i], 0, 0), "filter");
}
