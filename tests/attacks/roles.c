/* The roles of a container's caller, on the host. */
#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

static int fail(const char *what)
{
    perror(what);
    return 127;
}

static int become(char **command)
{
    execvp(command[0], command);
    return fail(command[0]);
}

/* At a terminal. "typed: N" is what stays in its input: the caller's shell would read that. */
static int at_terminal(char **command)
{
    int terminal, callers_end, status, typed = 0;
    char byte;

    if (openpty(&terminal, &callers_end, NULL, NULL, NULL) < 0)
        return fail("openpty");
    pid_t child = fork();
    if (child == 0) {
        close(terminal);
        if (login_tty(dup(callers_end)) < 0)
            _exit(fail("login_tty"));
        close(callers_end);
        _exit(become(command));
    }
    if (waitpid(child, &status, 0) < 0 || ioctl(callers_end, FIONREAD, &typed) < 0)
        return fail("waitpid");
    fcntl(terminal, F_SETFL, O_NONBLOCK); /* a process left behind may hold the other end */
    while (read(terminal, &byte, 1) == 1)
        putchar(byte);
    fprintf(stderr, "typed: %d\n", typed);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Runs it with a key in the session's keyring. */
static int with_keyring(char **command)
{
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
        syscall(SYS_add_key, "user", "attacks", "secret", 6, KEY_SPEC_SESSION_KEYRING) < 0)
        return fail("keyring");
    return become(command);
}

/* Runs it with a further group, and with all capabilities inheritable and ambient. */
static int with_rights(char **command)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2];
    gid_t disk = 6;

    if (setgroups(1, &disk) < 0 || syscall(SYS_capget, &header, sets) < 0)
        return fail("setgroups");
    sets[0].inheritable = sets[0].permitted;
    sets[1].inheritable = sets[1].permitted;
    if (syscall(SYS_capset, &header, sets) < 0)
        return fail("capset");
    for (int capability = 0; capability <= CAP_LAST_CAP; capability++)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
    return become(command);
}

/* Runs it with a real-time policy, and with the right to such a priority. */
static int with_real_time(char **command)
{
    const struct rlimit priority = {99, 99};
    const struct sched_param least = {.sched_priority = 1};

    if (setrlimit(RLIMIT_RTPRIO, &priority) < 0 || sched_setscheduler(0, SCHED_FIFO, &least) < 0)
        return fail("real time");
    return become(command);
}

/* Runs it with what is served before others: by the CPU, by the disks. */
static int with_priority(char **command)
{
    enum { OF_PROCESS = 1, REAL_TIME = 1 << 13 };

    if (setpriority(PRIO_PROCESS, 0, -5) < 0 ||
        syscall(SYS_ioprio_set, OF_PROCESS, 0, REAL_TIME) < 0)
        return fail("priority");
    return become(command);
}

/* Runs it as a process that the kernel does not kill when there is no memory. */
static int with_oom_score(char **command)
{
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    return write(file, "-1000", 5) < 5 ? fail("oom_score_adj") : become(command);
}

/* Runs it as setarch -R does. */
static int with_fixed_addresses(char **command)
{
    return personality(ADDR_NO_RANDOMIZE) < 0 ? fail("personality") : become(command);
}

/* Runs it without a core limit, as sudo does. */
static int without_core_files(char **command)
{
    const struct rlimit none = {0};

    return setrlimit(RLIMIT_CORE, &none) < 0 ? fail("core limit") : become(command);
}

/* Runs it as another user, without any right. */
static int as_nobody(char **command)
{
    uid_t nobody = 65534;

    if (setgroups(0, NULL) < 0 || setresgid(nobody, nobody, nobody) < 0 ||
        setresuid(nobody, nobody, nobody) < 0)
        return fail("setresuid");
    return become(command);
}

static int listen_on(int family, const void *address, socklen_t length)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return bind(fd, address, length) < 0 || listen(fd, 10) < 0 ? -1 : fd;
}

/*
 * serve NAME: a service that only the host's own processes should reach. It has an abstract socket
 * NAME, a TCP port, shared memory and a message queue. It prints the number of the last three, and
 * stays until it is killed.
 */
static int serve(char **command)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = (socklen_t)(sizeof(name.sun_family) + 1 + strlen(command[0]));
    sigset_t end;
    int sig;

    strcpy(name.sun_path + 1, command[0]);
    int port = listen_on(AF_INET, &local, sizeof(local));
    if (port < 0 || listen_on(AF_UNIX, &name, length) < 0)
        return fail("listen");
    length = sizeof(local);
    getsockname(port, (struct sockaddr *)&local, &length);
    int number = ntohs(local.sin_port);
    int memory = shmget(number, 4096, IPC_CREAT | 0666);
    const char *queue = format("/attacks.%d", number);
    mq_open(queue, O_RDWR | O_CREAT, 0666, NULL);

    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigprocmask(SIG_BLOCK, &end, NULL);
    printf("%d\n", number);
    fflush(stdout);
    sigwait(&end, &sig);
    shmctl(memory, IPC_RMID, NULL);
    mq_unlink(queue);
    return 0;
}

const struct role roles[] = {
    {"at_terminal", at_terminal},
    {"with_keyring", with_keyring},
    {"with_rights", with_rights},
    {"with_real_time", with_real_time},
    {"with_priority", with_priority},
    {"with_oom_score", with_oom_score},
    {"with_fixed_addresses", with_fixed_addresses},
    {"without_core_files", without_core_files},
    {"as_nobody", as_nobody},
    {"serve", serve},
    {"swapping", swapping},
    {0},
};
