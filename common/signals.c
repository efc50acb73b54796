#include "signals.h"

#include "report.h"

#include <stddef.h>
#include <time.h>

static sigset_t held, callers_mask;
static struct sigaction callers_child_action;
static bool asked_to_stop;

bool signals_ask_to_stop(int sig)
{
    return sig == SIGINT || sig == SIGQUIT || sig == SIGTERM || sig == SIGHUP;
}

static bool can_be_held(int sig)
{
    static const int others[] = {
        SIGKILL, SIGSTOP, SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,
        SIGABRT, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU,
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (sig == others[i])
            return false;
    /* The C library keeps the signals between SIGSYS and SIGRTMIN for itself. */
    return sig <= SIGSYS || sig >= SIGRTMIN;
}

int signals_hold(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    sigemptyset(&held);
    sigaddset(&held, SIGCHLD);
    /* With an inherited SIG_IGN the kernel would reap the child, and its status would be lost. */
    if (sigaction(SIGCHLD, &action, &callers_child_action) < 0)
        return report_errno("sigaction %d", SIGCHLD);
    for (int sig = 1; sig <= SIGRTMAX; sig++) {
        if (!can_be_held(sig))
            continue;
        if (sigaction(sig, NULL, &action) < 0)
            return report_errno("sigaction %d", sig);
        if (action.sa_handler != SIG_IGN)
            sigaddset(&held, sig);
    }
    if (sigprocmask(SIG_BLOCK, &held, &callers_mask) < 0)
        return report_errno("sigprocmask");
    return 0;
}

int signals_give_back(void)
{
    if (sigaction(SIGCHLD, &callers_child_action, NULL) < 0)
        return report_errno("sigaction %d", SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &callers_mask, NULL) < 0)
        return report_errno("sigprocmask");
    return 0;
}

int signals_take(siginfo_t *info, const struct timespec *limit)
{
    int sig = sigtimedwait(&held, info, limit);

    if (signals_ask_to_stop(sig))
        asked_to_stop = true;
    return sig;
}

bool signals_was_asked_to_stop(void)
{
    sigset_t pending;

    if (asked_to_stop || sigpending(&pending) < 0)
        return asked_to_stop;
    for (int sig = 1; sig <= SIGTERM; sig++)
        if (signals_ask_to_stop(sig) && sigismember(&held, sig) && sigismember(&pending, sig))
            return true;
    return false;
}

void signals_die_of_interrupt(void)
{
    sigset_t interrupt;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    signal(SIGINT, SIG_DFL);
    raise(SIGINT);
    sigprocmask(SIG_UNBLOCK, &interrupt, NULL);
}
