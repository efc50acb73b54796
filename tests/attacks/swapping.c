/* A role: somebody who exchanges two paths of the host at the worst moment for the program. */
#include "attack.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *name;
    int number;
} calls[] = {
    {"chroot", SYS_chroot},   {"mkdirat", SYS_mkdirat},       {"mount", SYS_mount},
    {"openat", SYS_openat},   {"move_mount", SYS_move_mount}, {"open_tree", SYS_open_tree},
    {"openat2", SYS_openat2},
};

static int number_of(const char *name)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
        if (strcmp(calls[i].name, name) == 0)
            return calls[i].number;
    return -1;
}

static bool is_exec(unsigned long long number)
{
    return number == SYS_execve || number == SYS_execveat;
}

static void exchange(char **paths)
{
    if (renameat2(AT_FDCWD, paths[0], AT_FDCWD, paths[1], RENAME_EXCHANGE) < 0)
        perror("exchange");
}

/*
 * Exchanges the paths before the call, and again after it. A child that becomes another program is
 * let go: it is the command, or newuidmap(1), which has no rights in a process that is traced.
 * Returns how to go on.
 */
static int on_call(pid_t pid, bool first, int number, char **paths)
{
    static pid_t caller; /* the process that is in the call, or 0 */
    struct __ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0)
        return PTRACE_SYSCALL;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY && (int)info.entry.nr == number && !caller) {
        caller = pid;
        exchange(paths);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && caller == pid) {
        caller = 0;
        exchange(paths);
    }
    return info.op == PTRACE_SYSCALL_INFO_ENTRY && is_exec(info.entry.nr) && !first
               ? PTRACE_DETACH
               : PTRACE_SYSCALL;
}

static void on_stop(pid_t pid, int status, bool first, int number, char **paths)
{
    int how = PTRACE_SYSCALL, signal = WSTOPSIG(status);

    if (signal == (SIGTRAP | 0x80))
        how = on_call(pid, first, number, paths);
    if (signal == (SIGTRAP | 0x80) || signal == SIGTRAP || signal == SIGSTOP)
        signal = 0;
    ptrace(how, pid, 0, (long)signal);
}

int swapping(char **command)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK |
                         PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    int number = number_of(command[0]), status, result = 127;
    pid_t first = fork(), pid;

    if (first == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execv(command[3], command + 3);
        _exit(127);
    }
    if (first < 0 || waitpid(first, &status, 0) < 0 ||
        ptrace(PTRACE_SETOPTIONS, first, 0, options) < 0 ||
        ptrace(PTRACE_SYSCALL, first, 0, 0) < 0) {
        perror("ptrace");
        return 127;
    }
    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFSTOPPED(status))
            on_stop(pid, status, pid == first, number, command + 1);
        else if (pid == first)
            result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return result;
}
