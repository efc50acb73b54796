/* Each probe is a child that makes one system call, with the filter or without it. */
#include "check.h"
#include "syscalls.h"

#include <errno.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int load_errno; /* with this the kernel refuses a filter; 0: it does not */

int __real_prctl(int option, ...);
int __wrap_prctl(int option, ...)
{
    unsigned long arguments[4];
    va_list rest;

    if (option == PR_SET_SECCOMP && load_errno)
        return refuse(load_errno);
    va_start(rest, option);
    for (int i = 0; i < 4; i++)
        arguments[i] = va_arg(rest, unsigned long);
    va_end(rest);
    return __real_prctl(option, arguments[0], arguments[1], arguments[2], arguments[3]);
}

static void assert_load_reports(int error, const char *reason)
{
    char message[128];

    load_errno = error;
    assert_int_equal(CATCH(syscalls_filter()), -1);
    load_errno = 0;
    assert_int_equal(errno, error);
    snprintf(message, sizeof(message), "container: load the system call filter: %s\n", reason);
    assert_string_equal(caught, message);
}

static void a_refused_load_has_the_errno_of_the_kernel(void **state)
{
    assert_load_reports(EPERM, "EPERM (Operation not permitted)");
    assert_load_reports(EINVAL, "EINVAL (Invalid argument)");
    assert_load_reports(ENOMEM, "ENOMEM (Cannot allocate memory)");
}

static int filter_without_no_new_privs(void)
{
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))
        return 99;
    return CATCH(syscalls_filter()) == -1 && errno == EACCES &&
                   strcmp(caught, "container: load the system call filter: EACCES (Permission "
                                  "denied)\n") == 0
               ? 0
               : 1;
}

static void a_user_without_no_new_privs_gets_no_filter(void **state)
{
    int result = as_ordinary_user(filter_without_no_new_privs);
    if (result == 99)
        check_skip("no_new_privs is set for this test already");
    assert_int_equal(result, 0);
}

/* A system call with wrong arguments: where the filter lets it through, it has no effect. */
struct probe {
    const char *name;
    long number;
    unsigned long arguments[4];
};

static const struct probe *probe;
static bool filtered;

static int filter(void)
{
    const struct rlimit no_core = {.rlim_max = 1};

    setrlimit(RLIMIT_CORE, &no_core);
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -1 : syscalls_filter();
}

/* Returns the errno, or 0 where the call succeeds. */
static int make_the_call(void)
{
    const unsigned long *a = probe->arguments;

    if (filtered && filter() < 0)
        return 99;
    return syscall(probe->number, a[0], a[1], a[2], a[3], 0UL, 0UL) == -1 ? errno : 0;
}

static int answer(const struct probe *p, bool with_filter)
{
    probe = p;
    filtered = with_filter;
    return in_child(make_the_call);
}

/* Without the filter root must get another answer, else the probe would prove nothing. */
static void assert_answers(const struct probe *probes, size_t count, int error)
{
    for (size_t i = 0; i < count; i++) {
        int with = answer(&probes[i], true), without = answer(&probes[i], false);

        if (with != error || (geteuid() == 0 && without == error))
            fail_msg("%s: %s with the filter, %s without", probes[i].name, strerror(with),
                     strerror(without));
    }
}

#define ASSERT_ANSWERS(probes, error)                                                              \
    assert_answers(probes, sizeof(probes) / sizeof(*(probes)), error)

static const unsigned long ANY = (unsigned long)-1;
/* A bit that the kernel does not look at. A 32-bit argument has none. */
static const unsigned long HIGH = (unsigned long)(UINT64_C(1) << 32);
static const unsigned long HUGE = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;

static void what_only_a_host_needs_is_refused(void **state)
{
    const struct probe probes[] = {
        {"mount", SYS_mount, {0, 0, 0, ANY}},
        {"umount2", SYS_umount2, {0, ANY}},
        {"pivot_root", SYS_pivot_root, {0, 0}},
        {"open_tree", SYS_open_tree, {ANY, 0, ANY}},
        {"move_mount", SYS_move_mount, {ANY, 0, ANY, 0}},
        {"fsopen", SYS_fsopen, {0, ANY}},
        {"unshare", SYS_unshare, {ANY}},
        {"setns", SYS_setns, {ANY, ANY}},
        {"keyctl", SYS_keyctl, {ANY}},
        {"add_key", SYS_add_key, {0, 0, 0, ANY}},
        {"request_key", SYS_request_key, {0, 0, 0, 0}},
        {"bpf", SYS_bpf, {ANY, 0, 0}},
        {"perf_event_open", SYS_perf_event_open, {0, 0, 0, 0}},
        {"userfaultfd", SYS_userfaultfd, {ANY}},
        {"io_uring_setup", SYS_io_uring_setup, {0, 0}},
        {"io_setup", SYS_io_setup, {0, 0}},
        {"ptrace", SYS_ptrace, {PTRACE_ATTACH, ANY}},
        {"process_vm_readv", SYS_process_vm_readv, {ANY, 0, 0, 0}},
        {"open_by_handle_at", SYS_open_by_handle_at, {ANY, 0, 0}},
        {"sethostname", SYS_sethostname, {0, ANY}},
        {"swapon", SYS_swapon, {0, ANY}},
        {"syslog", SYS_syslog, {ANY, 0, 0}},
    };

    ASSERT_ANSWERS(probes, EPERM);
}

/* No kernel accepts CLONE_SIGHAND without CLONE_VM. */
static void a_clone_with_new_namespaces_is_refused(void **state)
{
    const struct probe probes[] = {
        {"CLONE_NEWUSER", SYS_clone, {CLONE_SIGHAND | CLONE_NEWUSER}},
        {"CLONE_NEWNS", SYS_clone, {CLONE_SIGHAND | CLONE_NEWNS}},
        {"CLONE_NEWUTS", SYS_clone, {CLONE_SIGHAND | CLONE_NEWUTS}},
        {"CLONE_NEWIPC", SYS_clone, {CLONE_SIGHAND | CLONE_NEWIPC}},
        {"CLONE_NEWPID", SYS_clone, {CLONE_SIGHAND | CLONE_NEWPID}},
        {"CLONE_NEWNET", SYS_clone, {CLONE_SIGHAND | CLONE_NEWNET}},
        {"CLONE_NEWCGROUP", SYS_clone, {CLONE_SIGHAND | CLONE_NEWCGROUP}},
        {"two of them", SYS_clone, {CLONE_SIGHAND | CLONE_NEWUSER | CLONE_NEWNS}},
        {"a high bit", SYS_clone, {HIGH | CLONE_SIGHAND | CLONE_NEWUSER}},
    };

    ASSERT_ANSWERS(probes, EPERM);
}

static void clone3_does_not_exist(void **state)
{
    const struct probe probes[] = {{"clone3", SYS_clone3, {0, 0}}};

    ASSERT_ANSWERS(probes, ENOSYS);
}

/* A kernel without the call gives the same answer, so these tell nothing without the filter. */
static void a_call_of_a_newer_kernel_does_not_exist(void **state)
{
    const struct probe probes[] = {
        {"cachestat", 451, {ANY, 0, 0, ANY}},
        {"map_shadow_stack", 453, {0, 0, ANY}},
        {"statmount", 457, {0, 0, 0, ANY}},
        {"listmount", 458, {0, 0, 0, ANY}},
        {"mseal", 462, {0, 0, ANY}},
        {"setxattrat", 463, {ANY, 0, ANY, 0}},
        {"none", 387, {0}},
        {"none yet", 600, {0}},
        {"-1", -1, {0}},
    };

    for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++)
        if (answer(&probes[i], true) != ENOSYS)
            fail_msg("%s: %s", probes[i].name, strerror(answer(&probes[i], true)));
}

/* fchmodat2 of Linux 6.6 is allowed, where the library knows its name. */
static void a_newer_call_that_is_allowed_reaches_the_kernel(void **state)
{
    const struct probe probes[] = {
        {"fchmodat2", 452, {ANY, 0, 0, ANY}},
    };

    for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++)
        if (seccomp_syscall_resolve_name(probes[i].name) >= 0)
            assert_int_equal(answer(&probes[i], true), answer(&probes[i], false));
}

/* A database syncs a part of a file, and chrt, ionice and ntp programs ask. None can do harm. */
static void what_databases_and_tools_ask_reaches_the_kernel(void **state)
{
    const struct probe probes[] = {
        {"sync_file_range", SYS_sync_file_range, {ANY, 0, 0, 0}},
        {"readahead", SYS_readahead, {ANY, 0, 0}},
        {"mincore", SYS_mincore, {1, 0, 0}},
        {"sched_getattr", SYS_sched_getattr, {0, 0, 0, 0}},
        {"sched_setattr", SYS_sched_setattr, {0, 0, 0}},
        {"ioprio_get", SYS_ioprio_get, {ANY, 0}},
        {"ioprio_set", SYS_ioprio_set, {ANY, 0, 0}},
        {"vmsplice", SYS_vmsplice, {ANY, 0, 0, 0}},
        {"mlockall", SYS_mlockall, {0}},
        {"munlockall", SYS_munlockall, {0}},
        {"adjtimex", SYS_adjtimex, {0}},
        {"clock_adjtime", SYS_clock_adjtime, {0, 0}},
    };

    for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
        int with = answer(&probes[i], true), without = answer(&probes[i], false);

        if (with != without)
            fail_msg("%s: %s with the filter", probes[i].name, strerror(with));
    }
}

#ifdef __i386__
enum { MAPPING = SYS_mmap2 };
#else
enum { MAPPING = SYS_mmap };
#endif

/* The page of MAP_NORESERVE is there in any machine's empty pool, until it is touched. */
static void huge_pages_of_the_host_are_refused(void **state)
{
    const struct probe probes[] = {
        {"mmap", MAPPING, {0, 1 << 21, PROT_READ, HUGE | MAP_NORESERVE}},
        {"and a high bit", MAPPING, {0, 1 << 21, PROT_READ, HUGE | MAP_NORESERVE | HIGH}},
        {"memfd_create", SYS_memfd_create, {(unsigned long)"huge", MFD_HUGETLB}},
#ifdef __i386__
        {"shmget", SYS_ipc, {23, 1, 0, SHM_HUGETLB | IPC_CREAT}},
#else
        {"shmget", SYS_shmget, {1, ANY, SHM_HUGETLB | IPC_CREAT}},
#endif
    };

    ASSERT_ANSWERS(probes, ENOMEM);
}

static void typing_into_the_terminal_is_refused(void **state)
{
    const struct probe probes[] = {
        {"TIOCSTI", SYS_ioctl, {ANY, TIOCSTI, 0}},
        {"TIOCSTI and a high bit", SYS_ioctl, {ANY, HIGH | TIOCSTI, 0}},
        {"TIOCLINUX", SYS_ioctl, {ANY, TIOCLINUX, 0}},
        {"TIOCLINUX and a high bit", SYS_ioctl, {ANY, HIGH | TIOCLINUX, 0}},
    };

    ASSERT_ANSWERS(probes, EPERM);
}

/* No family has a socket of this type. */
static void sockets_that_leave_the_network_namespace_are_refused(void **state)
{
    const struct probe probes[] = {
        {"AF_VSOCK", SYS_socket, {AF_VSOCK, ANY, 0}},
        {"AF_VSOCK and a high bit", SYS_socket, {HIGH | AF_VSOCK, ANY, 0}},
        {"AF_ALG", SYS_socket, {AF_ALG, ANY, 0}},
        {"AF_PACKET", SYS_socket, {AF_PACKET, ANY, 0}},
    };

    ASSERT_ANSWERS(probes, EPERM);
}

/* Even INET, which has no pairs: a pair makes two sockets of the family before it finds that out.
 */
static void pairs_of_sockets_are_local(void **state)
{
    const struct probe probes[] = {
        {"AF_INET", SYS_socketpair, {AF_INET, SOCK_STREAM, 0, 0}},
        {"AF_VSOCK", SYS_socketpair, {AF_VSOCK, SOCK_STREAM, 0, 0}},
        {"AF_VSOCK and a high bit", SYS_socketpair, {HIGH | AF_VSOCK, SOCK_STREAM, 0, 0}},
        {"AF_TIPC", SYS_socketpair, {AF_TIPC, SOCK_STREAM, 0, 0}},
        {"AF_ALG", SYS_socketpair, {AF_ALG, SOCK_SEQPACKET, 0, 0}},
    };

    ASSERT_ANSWERS(probes, EPERM);
}

static void personalities_that_help_an_attack_are_refused(void **state)
{
    const struct probe probes[] = {
        {"ADDR_NO_RANDOMIZE", SYS_personality, {ADDR_NO_RANDOMIZE}},
        {"READ_IMPLIES_EXEC", SYS_personality, {READ_IMPLIES_EXEC}},
    };

    ASSERT_ANSWERS(probes, EPERM);
}

static void what_the_rules_let_through_reaches_the_kernel(void **state)
{
    const struct probe probes[] = {
        {"a plain clone", SYS_clone, {CLONE_SIGHAND}},
        {"ioctl", SYS_ioctl, {ANY, TIOCGWINSZ, 0}},
        {"AF_UNIX", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
        {"AF_INET", SYS_socket, {AF_INET, SOCK_DGRAM, 0}},
        {"AF_INET6", SYS_socket, {AF_INET6, SOCK_DGRAM, 0}},
        {"AF_NETLINK", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
        {"a pair", SYS_socketpair, {AF_UNIX, ANY, 0, 0}},
        {"a pair and a high bit", SYS_socketpair, {HIGH | AF_UNIX, ANY, 0, 0}},
        {"personality: ask", SYS_personality, {0xffffffff}},
        {"personality: PER_LINUX", SYS_personality, {PER_LINUX}},
    };

    for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
        int with = answer(&probes[i], true), without = answer(&probes[i], false);

        if (with != without)
            fail_msg("%s: %s with the filter, %s without", probes[i].name, strerror(with),
                     strerror(without));
    }
}

static void *write_a_byte(void *pipe)
{
    return write(((int *)pipe)[1], "", 1) == 1 ? pipe : NULL;
}

static int live(void)
{
    int ends[2], status;
    pthread_t thread;
    void *result = NULL;
    char byte;

    if (filter() < 0)
        return 1;
    if (pipe(ends) < 0 || pthread_create(&thread, NULL, write_a_byte, ends) != 0 ||
        pthread_join(thread, &result) != 0 || !result || read(ends[0], &byte, 1) != 1)
        return 2;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("sh", "sh", "-c", "cd /; ls >/dev/null; echo | cat; kill -TERM $$", NULL);
        _exit(1);
    }
    if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
        return 3;
    return 0;
}

/* The core limit seems to change, but does not. Other limits change. */
static int change_limits(void)
{
    const struct rlimit none = {0};
    struct rlimit before, after, files;

    if (filter() < 0 || getrlimit(RLIMIT_CORE, &before) < 0)
        return 1;
    if (setrlimit(RLIMIT_CORE, &none) < 0 || syscall(SYS_setrlimit, RLIMIT_CORE, &none) < 0)
        return 2;
    if (getrlimit(RLIMIT_CORE, &after) < 0 || after.rlim_max != before.rlim_max)
        return 3;
    return setrlimit(RLIMIT_NOFILE, &none) < 0 || getrlimit(RLIMIT_NOFILE, &files) < 0 ||
           files.rlim_max != 0;
}

static void the_core_limit_is_kept(void **state)
{
    assert_int_equal(in_child(change_limits), 0);
}

static void programs_and_threads_live_with_it(void **state)
{
    assert_int_equal(in_child(live), 0);
}

static int refuse_in_a_program(void)
{
    if (filter() < 0)
        return 99;
    execlp("unshare", "unshare", "--user", "true", NULL);
    return 99;
}

static void what_is_executed_has_it_too(void **state)
{
    int status = CATCH(in_child(refuse_in_a_program));
    if (status == 99)
        check_skip("needs the program unshare");
    assert_int_equal(status, 1);
    assert_contains(caught, "Operation not permitted");
}

#ifdef __x86_64__
enum { GETPID_32 = 20 };

/* The 32-bit system calls have other numbers, which a filter of 64-bit ones would misread. */
static int call_as_32_bit(void)
{
    long result;

    /* A kernel without them sends SIGSEGV: cmocka's handler would run the next test. */
    signal(SIGSEGV, SIG_DFL);
    if (filtered && filter() < 0)
        return 99;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(GETPID_32) : "memory");
    return result == getpid() ? 0 : 1;
}

static int call_as_x32(void)
{
    if (filter() < 0)
        return 99;
    return syscall(__X32_SYSCALL_BIT | SYS_getpid) < 0 ? 1 : 0;
}

static void another_architecture_kills(void **state)
{
    assert_int_equal(in_child(call_as_x32), 128 + SIGSYS);
    filtered = false;
    if (in_child(call_as_32_bit) != 0)
        check_skip("this kernel has no 32-bit system calls");
    filtered = true;
    assert_int_equal(in_child(call_as_32_bit), 128 + SIGSYS);
}
#elif defined(__i386__)
/* On a 64-bit kernel, a 32-bit program can go over to 64-bit code, and come back. */
static int call_as_64_bit(void)
{
    long result;

    signal(SIGSEGV, SIG_DFL); /* a 32-bit kernel has no such code */
    if (filtered && filter() < 0)
        return 99;
    __asm__ volatile("call 1f\n"
                     "1: popl %%ecx\n"
                     "addl $2f-1b, %%ecx\n"
                     "pushl $0x33\n" /* the segment of 64-bit code */
                     "pushl %%ecx\n"
                     "lcall *(%%esp)\n"
                     "addl $8, %%esp\n"
                     "jmp 3f\n"
                     "2: movl $39, %%eax\n" /* getpid */
                     ".byte 0x0f, 0x05\n"   /* syscall */
                     "lret\n"
                     "3:\n"
                     : "=a"(result)
                     :
                     : "ecx", "edx", "esi", "edi", "memory");
    return result == getpid() ? 0 : 1;
}

static void another_architecture_kills(void **state)
{
    filtered = false;
    if (in_child(call_as_64_bit) != 0)
        check_skip("this kernel has no 64-bit system calls");
    filtered = true;
    assert_int_equal(in_child(call_as_64_bit), 128 + SIGSYS);
}

/* As glibc's socket() does here: no filter sees arguments that are in memory. */
static int open_by_socketcall(void)
{
    const unsigned long arguments[] = {probe->arguments[0], probe->arguments[1], 0, 0};

    if (filtered && filter() < 0)
        return 99;
    return syscall(SYS_socketcall, probe->number, arguments) < 0 ? errno : 0;
}

static void socketcall_opens_nothing(void **state)
{
    const struct probe probes[] = {
        {"AF_VSOCK", SYS_SOCKET, {AF_VSOCK, ANY}},
        {"AF_ALG", SYS_SOCKET, {AF_ALG, ANY}},
        {"AF_UNIX", SYS_SOCKET, {AF_UNIX, SOCK_STREAM}},
        {"a pair of AF_ALG", SYS_SOCKETPAIR, {AF_ALG, SOCK_SEQPACKET}},
        {"a pair of AF_UNIX", SYS_SOCKETPAIR, {AF_UNIX, SOCK_STREAM}},
    };

    for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
        probe = &probes[i];
        filtered = false;
        assert_int_not_equal(in_child(open_by_socketcall), EPERM);
        filtered = true;
        assert_int_equal(in_child(open_by_socketcall), EPERM);
    }
}
#else
static void another_architecture_kills(void **state)
{
    check_skip("this architecture has one kind of system calls");
}
#endif

/* The machine's own programs may be of another architecture. The image's are of this one. */
static void take_programs_of_the_image(void)
{
    const char *image = getenv("CONTAINER_ROOTFS");
    char path[4096];

    if (!image)
        return;
    snprintf(path, sizeof(path), "%s/bin:%s/usr/bin", image, image);
    setenv("PATH", path, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_load_has_the_errno_of_the_kernel),
        cmocka_unit_test(a_user_without_no_new_privs_gets_no_filter),
        cmocka_unit_test(what_only_a_host_needs_is_refused),
        cmocka_unit_test(a_clone_with_new_namespaces_is_refused),
        cmocka_unit_test(clone3_does_not_exist),
        cmocka_unit_test(a_call_of_a_newer_kernel_does_not_exist),
        cmocka_unit_test(a_newer_call_that_is_allowed_reaches_the_kernel),
        cmocka_unit_test(what_databases_and_tools_ask_reaches_the_kernel),
        cmocka_unit_test(huge_pages_of_the_host_are_refused),
        cmocka_unit_test(pairs_of_sockets_are_local),
        cmocka_unit_test(typing_into_the_terminal_is_refused),
        cmocka_unit_test(sockets_that_leave_the_network_namespace_are_refused),
        cmocka_unit_test(personalities_that_help_an_attack_are_refused),
        cmocka_unit_test(what_the_rules_let_through_reaches_the_kernel),
        cmocka_unit_test(the_core_limit_is_kept),
        cmocka_unit_test(programs_and_threads_live_with_it),
        cmocka_unit_test(what_is_executed_has_it_too),
        cmocka_unit_test(another_architecture_kills),
#ifdef __i386__
        cmocka_unit_test(socketcall_opens_nothing),
#endif
    };
    take_programs_of_the_image();
    return check_run(tests);
}
