/*
 * probe_calls: makes each system call, with arguments that are wrong for all of them. Prints the
 * number of each that got past the filter: it did not fail with EPERM or ENOSYS.
 *
 * Each call is made in a process of its own, which it may end, stop or change.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LAST = 511, PASSED = 1 };

/* These end their process, write to all disks, or return twice. */
static bool is_left_out(long call)
{
    static const long calls[] = {
        SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_sync, SYS_clone,
#ifdef SYS_fork
        SYS_fork, SYS_vfork,
#endif
    };

    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
        if (call == calls[i])
            return true;
    return false;
}

static _Noreturn void make(long call)
{
    alarm(1); /* for those that wait */
    long result = syscall(call, -1L, -1L, -1L, -1L, -1L, -1L);

    _exit(result >= 0 || (errno != EPERM && errno != ENOSYS) ? PASSED : 0);
}

/* Whoever has to be ended by the alarm has got past the filter, too. */
static bool passes(long call)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        make(call);
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        perror("probe_calls");
        _exit(2);
    }
    return WIFSIGNALED(status) || WEXITSTATUS(status) == PASSED;
}

int main(void)
{
    for (long call = 0; call <= LAST; call++)
        if (!is_left_out(call) && passes(call))
            printf("%ld\n", call);
    return 0;
}
