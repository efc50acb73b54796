/* Parts of the kernel that few programs need, and where many exploits start. */
#include "attack.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* 25: a BPF program runs inside the kernel (CVE-2021-3490). This is the shortest, "return 0". */
static int bpf(void)
{
    struct bpf_insn program[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
                                 {.code = BPF_JMP | BPF_EXIT}};
    union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
                           .insns = (uintptr_t)program,
                           .insn_cnt = 2,
                           .license = (uintptr_t) "GPL"};

    return opened((int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)));
}

/* 25: perf counts what the processor and the kernel do (CVE-2013-2094), also for side channels. */
static int perf_event_open(void)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK};

    return opened((int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

/* 25: userfaultfd stops the kernel in the middle of a copy, to win races (CVE-2016-6187, ...). */
static int userfaultfd(void)
{
    return opened((int)syscall(SYS_userfaultfd, 0));
}

/* 26: io_uring is a second way to make most system calls, past seccomp (CVE-2022-29582). */
static int io_uring(void)
{
    struct io_uring_params params = {0};

    return opened((int)syscall(SYS_io_uring_setup, 1, &params));
}

int open_socket(int family, int type, int protocol)
{
    int fd = (int)syscall(SYS_socket, family, type, protocol);

    return fd < 0 && errno == EPERM ? socket(family, type, protocol) : fd;
}

int open_pair(int family, int type, int *pair)
{
    int result = (int)syscall(SYS_socketpair, family, type, 0, pair);

    return result < 0 && errno == EPERM ? socketpair(family, type, 0, pair) : result;
}

/* 26: these sockets join a virtual machine and its host. No network namespace divides them. */
static int vsock(void)
{
    return opened(open_socket(AF_VSOCK, SOCK_STREAM, 0));
}

/* 26: a pair of sockets is another way to these. That they have no pairs is found out too late. */
static int socket_pair(void)
{
    static const int families[] = {AF_VSOCK, AF_ALG, AF_TIPC};
    int pair[2];

    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
        if (open_pair(families[i], SOCK_SEQPACKET, pair) == 0 || errno == EOPNOTSUPP)
            return 0;
        if (errno == EPERM)
            return -1;
    }
    return not_here("no such family");
}

#ifdef __x86_64__
/* Makes a system call in a child: a filter, or a kernel without the call, may kill it. */
static int in_child(long (*call)(void))
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        long result = call();
        _exit(result < 0 ? (int)-result : 0);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return -1;
    if (WIFSIGNALED(status))
        return stopped(WTERMSIG(status) == SIGSYS ? "SIGSYS" : "SIGSEGV");
    errno = WEXITSTATUS(status);
    return errno ? -1 : 0;
}

static long getpid_by_int80(void)
{
    enum { GETPID_OF_I386 = 20 };
    long result;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(GETPID_OF_I386) : "r8", "r9", "r10", "r11");
    return result;
}

static long getpid_by_x32(void)
{
    enum { X32 = 0x40000000 };

    return syscall(X32 | SYS_getpid) < 0 ? -errno : 0;
}

/* 26: the calls of a 32-bit program have other numbers, which a filter may not know. */
static int int80(void)
{
    return in_child(getpid_by_int80);
}

/* 26: x32 has the same 64-bit calls, with one more bit in their numbers. */
static int x32(void)
{
    return in_child(getpid_by_x32);
}
#else
static int int80(void)
{
    return not_here("this architecture has one kind of calls");
}
#define x32 int80
#endif

/* 27: a raw socket sends packets of any content: false senders, ARP. */
static int raw_socket(void)
{
    return opened(open_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

/*
 * 27: a packet socket reads all that passes the interface. Its code has a history (CVE-2020-14386).
 */
static int packet_socket(void)
{
    return opened(open_socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
}

const struct attack syscall_attacks[] = {
    {"bpf", bpf},
    {"perf_event_open", perf_event_open},
    {"userfaultfd", userfaultfd},
    {"io_uring", io_uring},
    {"vsock", vsock},
    {"socket_pair", socket_pair},
    {"int80", int80},
    {"x32", x32},
    {"raw_socket", raw_socket},
    {"packet_socket", packet_socket},
    {0},
};
