/* What a process inside can do to those outside. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
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

const struct attack process_attacks[] = {
    {"see_process", see_process},
    {"kill_process", kill_process},
    {"ptrace_process", ptrace_process},
    {"host_namespaces", host_namespaces},
    {0},
};
