#include "carrier.h"

#include "process.h"
#include "report.h"
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 100, GIVE_UP_MS = 2000 };

static int hold_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    sigdelset(&all, SIGTSTP);
    return sigprocmask(SIG_SETMASK, &all, NULL);
}

/* Lets the carrier's descriptors be `from`, `to` and `until`, and no others. */
static int take_descriptors(int from, int to, int until)
{
    if (dup2(from, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0)
        return -1;
    if (until < 0)
        return close_range(STDERR_FILENO, ~0U, 0);
    return dup2(until, STDERR_FILENO) < 0 ? -1 : close_range(STDERR_FILENO + 1, ~0U, 0);
}

pid_t carrier_fork(const char *what, int from, int to, int until)
{
    pid_t carrier = fork();

    if (carrier < 0) {
        report_errno("fork the process that carries %s", what);
        process_hint_fork();
    }
    if (carrier == 0 && (hold_signals() < 0 || take_descriptors(from, to, until) < 0))
        _exit(errno);
    return carrier;
}

int carrier_check(const char *what, int wait_status)
{
    if (WIFSIGNALED(wait_status))
        return report_error("the process that carries %s was killed by signal %d", what,
                            WTERMSIG(wait_status));
    errno = WEXITSTATUS(wait_status);
    return errno ? report_errno("carry the bytes of %s", what) : 0;
}

static long long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* The time is read from the clock, since each SIGCHLD ends a tick early. */
int carrier_wait(const char *what, pid_t carrier)
{
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    sigset_t child_ended;
    long long asked = 0;
    int status;
    pid_t ended;

    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    while ((ended = waitpid(carrier, &status, WNOHANG)) == 0) {
        if (asked == 0 && signals_was_asked_to_stop())
            asked = now();
        if (asked > 0 && now() - asked > GIVE_UP_MS) {
            kill(carrier, SIGKILL);
            ended = waitpid(carrier, &status, 0);
            status = 0;
            break;
        }
        sigtimedwait(&child_ended, NULL, &tick);
    }
    return ended < 0 ? report_errno("waitpid %d", carrier) : carrier_check(what, status);
}
