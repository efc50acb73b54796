/* What a process inside can do to those outside. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

/* 6: a mounted proc shows the command lines of all processes in its PID namespace. */
static int see_process(void)
{
    if (need_proc() < 0)
        return -1;
    return leaks(format("/proc/%d/cmdline", host.victim));
}

/* 6: a signal reaches each process that has a number in the attacker's PID namespace. */
static int kill_process(void)
{
    return kill(host.victim, SIGKILL);
}

/* 6: a process that traces another one can make it do anything. */
static int ptrace_process(void)
{
    return (int)ptrace(PTRACE_SEIZE, host.victim, NULL, NULL);
}

/* 6: the disk serves a process with the idle priority when nobody else wants it. */
static int slow_process(void)
{
    enum { ONE_PROCESS = 1, IDLE = 3 << 13 }; /* IOPRIO_WHO_PROCESS, IOPRIO_CLASS_IDLE */

    return (int)syscall(SYS_ioprio_set, ONE_PROCESS, host.victim, IDLE);
}

/* 7: /proc/PID/ns/mnt of a process outside leads back into its mounts. */
static int host_namespaces(void)
{
    if (need_proc() < 0)
        return -1;
    int mounts = open(format("/proc/%d/ns/mnt", host.victim), O_RDONLY);
    if (mounts < 0 || setns(mounts, CLONE_NEWNS) < 0)
        return -1;
    return open_secret(AT_FDCWD);
}

/* 42: the memory of process 1, through its file in proc, which asks for no system call of its own.
 */
static int init_memory(void)
{
    return opened(open(format("/proc/%s/mem", host.argument), O_RDWR));
}

/* 42: who traces process 1 can make it outlive its launcher, or load no more filters. */
static int init_ptrace(void)
{
    return (int)ptrace(PTRACE_SEIZE, (pid_t)strtol(host.argument, NULL, 10), NULL, NULL);
}

/* 42: the words of process 1 are the caller's. They name folders of the host, and passwords. */
static int init_words(void)
{
    char text[4096], *word;
    int fd = open(format("/proc/%d/cmdline", (int)strtol(host.argument, &word, 10)), O_RDONLY);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

    if (length < 0)
        return -1;
    close(fd);
    word++; /* a blank */
    return memmem(text, (size_t)length, word, strlen(word)) ? 0 : stopped("wiped");
}

/* This is not an attack: it waits in a container, into which the host brings one. */
static int stay(void)
{
    return 0;
}

const struct attack process_attacks[] = {
    {"see_process", see_process},
    {"kill_process", kill_process},
    {"ptrace_process", ptrace_process},
    {"slow_process", slow_process},
    {"host_namespaces", host_namespaces},
    {"init_memory", init_memory},
    {"init_ptrace", init_ptrace},
    {"init_words", init_words},
    {"stay", stay},
    {0},
};
