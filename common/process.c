#include "process.h"

#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timespec GRACE = {.tv_sec = 2};

static const int stop_signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
static sigset_t held;
static sigset_t callers_mask;

int process_hold_signals(void)
{
    sigemptyset(&held);
    sigaddset(&held, SIGCHLD);
    for (size_t i = 0; i < sizeof(stop_signals) / sizeof(*stop_signals); i++) {
        struct sigaction action;

        if (sigaction(stop_signals[i], NULL, &action) < 0)
            return report_errno("sigaction %d", stop_signals[i]);
        if (action.sa_handler != SIG_IGN)
            sigaddset(&held, stop_signals[i]);
    }
    /* An inherited SIG_IGN would make the kernel reap the child and lose its status. */
    if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
        return report_errno("signal SIGCHLD");
    if (sigprocmask(SIG_BLOCK, &held, &callers_mask) < 0)
        return report_errno("sigprocmask");
    return 0;
}

int process_begin_child(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return report_errno("prctl PR_SET_PDEATHSIG");
    /* getppid(2) returns 0 if the parent is outside this PID namespace. */
    if (getppid() != parent && getppid() != 0)
        return report_error("the parent died before its child began");
    if (sigprocmask(SIG_SETMASK, &callers_mask, NULL) < 0)
        return report_errno("sigprocmask");
    return 0;
}

int process_status(int wait_status)
{
    return WIFSIGNALED(wait_status) ? EXIT_SIGNAL + WTERMSIG(wait_status)
                                    : WEXITSTATUS(wait_status);
}

int process_run(int (*enter)(void *), void *arg)
{
    pid_t parent = getpid();
    pid_t child = fork();

    if (child < 0) {
        report_errno("fork");
        return EXIT_NOT_MADE;
    }
    if (child == 0)
        _exit(process_begin_child(parent) < 0 ? EXIT_NOT_MADE : enter(arg));
    return process_wait(child);
}

/*
 * Tells whether a process deals with a signal itself: by a handler (the mask SigCgt of proc(5)), or
 * by signalfd(2) while the signal is blocked (SigBlk). A process in sigwait(3) shows in neither.
 */
static bool deals_with(pid_t pid, int sig)
{
    char line[256];
    unsigned long long mask, signals = 0;

    snprintf(line, sizeof(line), "/proc/%d/status", pid);
    FILE *status = fopen(line, "re");
    if (!status)
        return false;
    while (fgets(line, sizeof(line), status))
        if (sscanf(line, "SigCgt: %llx", &mask) == 1 || sscanf(line, "SigBlk: %llx", &mask) == 1)
            signals |= mask;
    fclose(status);
    return signals >> (sig - 1) & 1;
}

/*
 * Passes a signal on, unless the terminal has already sent it to our whole process group. (A child
 * in a session of its own is not in this group.) Returns whether the child must end. After Ctrl-C
 * it may go on: if it has a handler, as a shell has, or if it is the init of its own session, which
 * passes the signal to another process.
 */
static bool pass_on(pid_t child, const siginfo_t *info)
{
    bool apart = getsid(child) != getsid(0);

    if (info->si_code != SI_KERNEL || apart)
        kill(child, info->si_signo);
    if (info->si_signo == SIGINT || info->si_signo == SIGQUIT)
        return !apart && !deals_with(child, info->si_signo);
    return true;
}

static void kill_child(pid_t child)
{
    report_note("process %d did not end when asked to; killing it", child);
    report_hint("process 1 of a PID namespace gets no signal that it has no handler for");
    kill(child, SIGKILL);
}

int process_wait(pid_t child)
{
    bool stopping = false, killed = false;

    for (;;) {
        siginfo_t info;
        int status;
        pid_t ended = waitpid(child, &status, WNOHANG);

        if (ended < 0) {
            report_errno("waitpid %d", child);
            return EXIT_NOT_MADE;
        }
        if (ended == child)
            return process_status(status);

        int sig = sigtimedwait(&held, &info, stopping && !killed ? &GRACE : NULL);
        if (sig == SIGCHLD || (sig < 0 && errno == EINTR) || killed)
            continue;
        if (!stopping) {
            stopping = pass_on(child, &info);
            continue;
        }
        kill_child(child);
        killed = true; /* its end may take a while: its cgroup may have little CPU time */
    }
}
