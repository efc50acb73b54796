/* The filters of i386 are not loaded here, so that any machine can test them. */
#include "check.h"
#include "filters.h"
#include "syscalls.h"
#include "syscalls_allowed.h"
#include "syscalls_i386.h"
#include "syscalls_i386_allowed.h"
#include "syscalls_rules.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>

static int rule, refused_rule; /* counted from 1; 0: none is refused */

int __wrap_seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, ...)
{
    va_list rest;

    if (++rule == refused_rule)
        return -ENOMEM;
    va_start(rest, count);
    int result = filters_add_rule(filter, action, call, count, rest);
    va_end(rest);
    return result;
}

static struct sock_filter filters[SYSCALLS_FILTERS][MOST];

static void make_all(void)
{
    for (int i = 0; i < SYSCALLS_FILTERS; i++)
        filters_make(i, SCMP_ARCH_X86, filters[i]);
}

/* As the kernel: the stricter answer counts, and of two errors that of the last filter. */
static uint32_t answer(int number, const uint64_t *arguments)
{
    struct seccomp_data data = {.nr = number, .arch = SCMP_ARCH_X86};
    uint32_t result = SECCOMP_RET_ALLOW;

    memcpy(data.args, arguments, sizeof(data.args));
    for (int i = 0; i < SYSCALLS_FILTERS; i++) {
        uint32_t one = filters_run(filters[i], &data);

        if ((one & SECCOMP_RET_ACTION_FULL) <= (result & SECCOMP_RET_ACTION_FULL))
            result = one;
    }
    return result;
}

#define ANSWER(number, ...) answer(number, (const uint64_t[6]){__VA_ARGS__})

static const uint32_t CLOSED = SECCOMP_RET_ERRNO | EPERM;
static const uint32_t FULL = SECCOMP_RET_ERRNO | ENOMEM;
static const uint32_t OPEN = SECCOMP_RET_ALLOW;

/* The numbers of i386, see its unistd_32.h. */
enum {
    MMAP = 90,
    SOCKETCALL = 102,
    VM86OLD = 113,
    IPC = 117,
    CLONE = 120,
    MODIFY_LDT = 123,
    VM86 = 166,
    MMAP2 = 192,
    SET_THREAD_AREA = 243,
    CLOCK_SETTIME = 264,
    SOCKET = 359,
    SOCKETPAIR = 360,
    SHMGET = 395,
    CLOCK_SETTIME64 = 404,
};

static bool is_in(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

#define IS_IN(list, name) is_in(list, sizeof(list) / sizeof(*(list)), name)

/* With arguments of 0, the calls of their own rules are allowed or not. */
static bool is_open(const char *name)
{
    static const char *const ruled[] = {"clone", "ioctl", "personality"};

    return IS_IN(ruled, name) || IS_IN(syscalls_i386_allowed, name) ||
           (IS_IN(syscalls_allowed, name) && !syscalls_i386_leaves_out(name));
}

static void the_two_lists_decide(void **state)
{
    for (int number = 0; number < 500; number++) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86, number);
        bool known = name && strcmp(name, "clone3") != 0 && (number <= 450 || is_open(name));
        uint32_t expected = name && is_open(name) ? OPEN
                            : known               ? CLOSED
                                                  : SECCOMP_RET_ERRNO | ENOSYS;

        if (ANSWER(number, 0) != expected)
            fail_msg("%d (%s): %#x", number, name ? name : "none", ANSWER(number, 0));
        free(name);
    }
}

static void a_call_with_a_history_of_holes_is_refused(void **state)
{
    assert_int_equal(ANSWER(MODIFY_LDT, 1), CLOSED);
    assert_int_equal(ANSWER(VM86OLD, 0), CLOSED);
    assert_int_equal(ANSWER(VM86, 0), CLOSED);
    assert_int_equal(ANSWER(CLOCK_SETTIME, 0), CLOSED);
    assert_int_equal(ANSWER(CLOCK_SETTIME64, 0), CLOSED);
    assert_int_equal(ANSWER(CLONE, CLONE_NEWUSER), CLOSED);
    assert_int_equal(ANSWER(CLONE, 0x01200011 /* fork() */), OPEN);
    assert_int_equal(ANSWER(SET_THREAD_AREA, 0), OPEN);
}

/* 1 to 20 are its sub-calls, see <linux/net.h>. */
static void socketcall_opens_no_socket(void **state)
{
    for (unsigned sub = 0; sub <= SYS_SENDMMSG + 1; sub++) {
        bool opens = sub == SYS_SOCKET || sub == SYS_SOCKETPAIR;
        bool exists = sub >= SYS_SOCKET && sub <= SYS_SENDMMSG;

        if (ANSWER(SOCKETCALL, sub) != (exists && !opens ? OPEN : CLOSED))
            fail_msg("socketcall(%u): %#x", sub, ANSWER(SOCKETCALL, sub));
    }
}

static void the_family_of_a_socket_decides(void **state)
{
    assert_int_equal(ANSWER(SOCKET, AF_UNIX), OPEN);
    assert_int_equal(ANSWER(SOCKET, AF_INET), OPEN);
    assert_int_equal(ANSWER(SOCKET, AF_VSOCK), CLOSED);
    assert_int_equal(ANSWER(SOCKET, AF_ALG), CLOSED);
    assert_int_equal(ANSWER(SOCKETPAIR, AF_UNIX), OPEN);
    assert_int_equal(ANSWER(SOCKETPAIR, AF_INET), CLOSED);
    assert_int_equal(ANSWER(SOCKETPAIR, AF_ALG), CLOSED);
}

/* The sub-calls of ipc(2): semaphores from 1, messages from 11, shared memory from 21. */
static void ipc_has_the_calls_of_the_list(void **state)
{
    static const bool exists[32] = {
        [1] = true,  [2] = true,  [3] = true,  [4] = true,  [11] = true, [12] = true,
        [13] = true, [14] = true, [21] = true, [22] = true, [23] = true, [24] = true};

    for (unsigned sub = 0; sub < 32; sub++)
        if (ANSWER(IPC, sub) != (exists[sub] ? OPEN : CLOSED))
            fail_msg("ipc(%u): %#x", sub, ANSWER(IPC, sub));
    assert_int_equal(ANSWER(IPC, 1 << 16 | 14), CLOSED); /* an old form of msgrcv */
}

/* ipc has the size where shmget has the flags: a size with that bit is no flag. */
static void huge_pages_are_refused(void **state)
{
    assert_int_equal(ANSWER(MMAP, 0), CLOSED);
    assert_int_equal(ANSWER(MMAP2, 0, 4096, 1, MAP_HUGETLB | MAP_PRIVATE), FULL);
    assert_int_equal(ANSWER(MMAP2, 0, 4096, 1, MAP_PRIVATE), OPEN);
    assert_int_equal(ANSWER(IPC, 23, 1, 4096, SHM_HUGETLB | 0600), FULL);
    assert_int_equal(ANSWER(IPC, 23, 1, SHM_HUGETLB, 0600), OPEN);
    assert_int_equal(ANSWER(IPC, 21, 1, SHM_HUGETLB, SHM_HUGETLB), OPEN);
    assert_int_equal(ANSWER(SHMGET, 1, 4096, 0600), CLOSED);
}

static void each_refused_rule_is_reported(void **state)
{
    static struct sock_filter code[MOST];

    for (int i = 0; i < SYSCALLS_FILTERS; i++) {
        rule = 0;
        filters_make(i, SCMP_ARCH_X86, code);
        int rules = rule;
        assert_int_not_equal(rules, 0); /* else they are not wrapped */
        for (int n = 1; n <= rules; n++) {
            rule = 0;
            refused_rule = n;
            assert_int_equal(CATCH(syscalls_make(i, SCMP_ARCH_X86, -1)), -1);
            assert_int_equal(errno, ENOMEM);
        }
        refused_rule = 0;
    }
}

static void the_list_is_one_of_names_that_only_it_has(void **state)
{
    for (size_t i = 0; i < sizeof(syscalls_i386_allowed) / sizeof(*syscalls_i386_allowed); i++) {
        const char *name = syscalls_i386_allowed[i];

        if (seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, name) == __NR_SCMP_ERROR)
            fail_msg("libseccomp knows no '%s'", name);
        if (IS_IN(syscalls_allowed, name) || is_in(syscalls_i386_allowed, i, name))
            fail_msg("%s is there twice", name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_two_lists_decide),
        cmocka_unit_test(a_call_with_a_history_of_holes_is_refused),
        cmocka_unit_test(socketcall_opens_no_socket),
        cmocka_unit_test(the_family_of_a_socket_decides),
        cmocka_unit_test(ipc_has_the_calls_of_the_list),
        cmocka_unit_test(huge_pages_are_refused),
        cmocka_unit_test(each_refused_rule_is_reported),
        cmocka_unit_test(the_list_is_one_of_names_that_only_it_has),
    };
    make_all();
    return check_run(tests);
}
