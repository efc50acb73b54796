#include "syscalls_rules.h"

#include "syscalls.h"
#include "syscalls_allowed.h"
#include "syscalls_i386.h"

#include "report.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>

/* The kernel reads only 32 bits of these arguments. To compare 64 bits would leave a way around. */
static const uint64_t low_half = 0xffffffff;

static const uint64_t new_namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                       CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;

/* set_mempolicy_home_node, the last call of Linux 6.1. All architectures count alike from 424 on.
 */
enum { LAST_KNOWN = 450 };

/*
 * The number must be that of the machine on which this runs, as from SCMP_SYS. The library turns it
 * into the number that the call has on the filter's architecture, and skips what that one lacks.
 */
static int allow_name(scmp_filter_ctx filter, const char *name)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(name), 0);
}

static int allow_by_name(scmp_filter_ctx filter, uint32_t architecture)
{
    int result = 0;

    for (size_t i = 0; i < sizeof(syscalls_allowed) / sizeof(*syscalls_allowed); i++) {
        const char *name = syscalls_allowed[i];
        bool left_out = architecture == SCMP_ARCH_X86 && syscalls_i386_leaves_out(name);
        bool known = seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR;

        if (known && !left_out && result == 0)
            result = allow_name(filter, name);
    }
    return result == 0 && architecture == SCMP_ARCH_X86 ? syscalls_i386_allow(filter) : result;
}

static int allow_socket_families(scmp_filter_ctx filter)
{
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    int result = 0;

    for (size_t i = 0; i < sizeof(families) / sizeof(*families) && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, low_half, (uint64_t)families[i]));
    /* Others have no use for a pair, but the call loads their module and runs its code. */
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, low_half, AF_UNIX));
    return result;
}

static int allow_personalities(scmp_filter_ctx filter)
{
    static const uint64_t harmless[] = {PER_LINUX, PER_LINUX32, 0xffffffff /* only asks */};
    int result = 0;

    for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless) && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, low_half, harmless[i]));
    return result;
}

static int allow(scmp_filter_ctx filter, uint32_t architecture)
{
    int result = allow_by_name(filter, architecture);

    if (result == 0)
        result = allow_socket_families(filter);
    if (result == 0)
        result = allow_personalities(filter);
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 0);
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, new_namespaces, 0));
    /* Its flags are in memory, where a filter cannot look. After ENOSYS, libc uses clone. */
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return result;
}

/*
 * A core limit of 0 would undo the limit of 1, see rlimits.h. The filter answers success and
 * changes nothing. Programs that set the limit, such as gpg, want just what the 1 does, and would
 * end after a refusal.
 */
static int keep_core_limit(scmp_filter_ctx filter)
{
    int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(0), SCMP_SYS(setrlimit), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, low_half, RLIMIT_CORE));

    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(0), SCMP_SYS(prlimit64), 2,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, low_half, RLIMIT_CORE),
                                  SCMP_A2(SCMP_CMP_NE, 0, 0));
    return result;
}

/* These push input into the terminal. The caller's shell would read it as if it were typed. */
static int refuse_typing(scmp_filter_ctx filter)
{
    static const uint64_t requests[] = {TIOCSTI, TIOCLINUX};
    int result = 0;

    for (size_t i = 0; i < sizeof(requests) / sizeof(*requests) && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, low_half, requests[i]));
    return result;
}

/*
 * The pool of huge pages is the host's. The limit of the memory does not count them, and few
 * machines have another limit for them. ENOMEM is the answer of an empty pool: every program that
 * asks for huge pages can live with it.
 */
static int refuse_huge_pages(scmp_filter_ctx filter, uint32_t architecture)
{
    int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOMEM), SCMP_SYS(memfd_create), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, MFD_HUGETLB, MFD_HUGETLB));

    if (architecture == SCMP_ARCH_X86)
        return result < 0 ? result : syscalls_i386_refuse_huge_pages(filter);
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOMEM), SCMP_SYS(mmap), 1,
                                  SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_HUGETLB, MAP_HUGETLB));
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOMEM), SCMP_SYS(shmget), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, SHM_HUGETLB, SHM_HUGETLB));
    return result;
}

static int refuse(scmp_filter_ctx filter, uint32_t architecture)
{
    int result = refuse_typing(filter);

    if (result == 0)
        result = keep_core_limit(filter);
    if (result == 0)
        result = refuse_huge_pages(filter, architecture);
    if (result == 0 && architecture == SCMP_ARCH_X86)
        result = syscalls_i386_refuse_sockets(filter);
    return result;
}

/* A program that was made for a newer kernel has a way without the new call: ENOSYS leads to it. */
static int know(scmp_filter_ctx filter, uint32_t architecture)
{
    int result = 0;

    for (int number = 0; number <= LAST_KNOWN && result == 0; number++) {
        char *name = seccomp_syscall_resolve_num_arch(architecture, number);

        if (name) /* the numbers have gaps */
            result = allow_name(filter, name);
        free(name);
    }
    for (size_t i = 0; i < sizeof(syscalls_allowed) / sizeof(*syscalls_allowed); i++) {
        const char *name = syscalls_allowed[i];
        bool newer = seccomp_syscall_resolve_name_arch(architecture, name) > LAST_KNOWN;

        if (newer && result == 0)
            result = allow_name(filter, name);
    }
    return result;
}

/* The strictest answer counts: a filter can forbid part of what another one allows. */
static const uint32_t otherwise[SYSCALLS_FILTERS] = {
    SCMP_ACT_ALLOW,
    SCMP_ACT_ERRNO(EPERM),
    /* Of two errors, that of the last filter counts. So this one turns EPERM into ENOSYS. */
    SCMP_ACT_ERRNO(ENOSYS),
};

static int add_rules(scmp_filter_ctx filter, int index, uint32_t architecture)
{
    if (index == 0)
        return refuse(filter, architecture);
    return index == 1 ? allow(filter, architecture) : know(filter, architecture);
}

/* A new filter is for the machine on which this runs. */
static int aim(scmp_filter_ctx filter, uint32_t architecture)
{
    if (architecture == seccomp_arch_native())
        return 0;
    int result = seccomp_arch_add(filter, architecture);
    return result < 0 ? result : seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
}

int syscalls_make(int index, uint32_t architecture, int file)
{
    scmp_filter_ctx filter = seccomp_init(otherwise[index]);
    int result = filter ? aim(filter, architecture) : -ENOMEM;

    if (result == 0)
        result = add_rules(filter, index, architecture);
    /* With a tree of rules, a common call need not pass the rules for all rare calls. */
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (result == 0)
        result = seccomp_export_bpf(filter, file);
    seccomp_release(filter);
    if (result == 0)
        return 0;
    errno = -result;
    return report_errno("make a filter of system calls");
}
