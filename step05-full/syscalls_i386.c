#include "syscalls_i386.h"

#include "syscalls_i386_allowed.h"

#include <errno.h>
#include <linux/net.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>

/* Sub-calls of ipc: the kernel finds their number in the low half of the first argument. */
enum { SUB_CALL_OF_IPC = 0xffff, SHMGET = 23 };

/*
 * mmap has its flags in memory, so no filter could keep it from huge pages. C libraries call mmap2.
 * For shmget, libseccomp would add the same rule to ipc, where that argument is the size. C
 * libraries call ipc, so it has rules of its own below.
 */
bool syscalls_i386_leaves_out(const char *name)
{
    return strcmp(name, "mmap") == 0 || strcmp(name, "shmget") == 0;
}

/* If a name is also a sub-call of socketcall or ipc, libseccomp allows that one, too. */
int syscalls_i386_allow(scmp_filter_ctx filter)
{
    int result =
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ipc), 1, SCMP_A0(SCMP_CMP_EQ, SHMGET));

    for (size_t i = 0; i < sizeof(syscalls_i386_allowed) / sizeof(*syscalls_i386_allowed); i++) {
        int call = seccomp_syscall_resolve_name(syscalls_i386_allowed[i]);

        if (call != __NR_SCMP_ERROR && result == 0)
            result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    return result;
}

/*
 * No filter can see which family socketcall opens, since its arguments are in memory. Where socket
 * is allowed for some families, libseccomp lets socketcall open any. So here it opens none.
 */
int syscalls_i386_refuse_sockets(scmp_filter_ctx filter)
{
    static const int opening[] = {SYS_SOCKET, SYS_SOCKETPAIR};
    int result = 0;

    for (size_t i = 0; i < sizeof(opening) / sizeof(*opening) && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socketcall), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (uint64_t)opening[i]));
    return result;
}

int syscalls_i386_refuse_huge_pages(scmp_filter_ctx filter)
{
    int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOMEM), SCMP_SYS(mmap2), 1,
                                  SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_HUGETLB, MAP_HUGETLB));

    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOMEM), SCMP_SYS(ipc), 2,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, SUB_CALL_OF_IPC, SHMGET),
                                  SCMP_A3(SCMP_CMP_MASKED_EQ, SHM_HUGETLB, SHM_HUGETLB));
    return result;
}
