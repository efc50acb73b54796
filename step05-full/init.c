#include "init.h"

#include "command.h"
#include "gate.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

/* The launcher cannot see by itself whether a signal has killed the command, or an exit(2). */
static int end_status(int status)
{
    if (WIFSIGNALED(status) && gate_tell(WTERMSIG(status)) < 0)
        return EXIT_NOT_MADE;
    return process_status(status);
}

/* Reaps all that have ended. Returns the exit status of `command`, or -1 if it still runs. */
static int reap(pid_t command)
{
    int result = -1, status;
    pid_t ended;

    while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
        if (ended == command)
            result = end_status(status);
    return result;
}

static int supervise(pid_t command, const sigset_t *signals)
{
    for (;;) {
        siginfo_t info;
        int sig = sigwaitinfo(signals, &info);

        if (sig < 0) {
            if (errno == EINTR)
                continue;
            report_errno("sigwaitinfo");
            return EXIT_NOT_MADE;
        }
        if (sig == SIGCHLD) {
            int status = reap(command);
            if (status >= 0)
                return status;
        } else if (info.si_code != SI_KERNEL || sig == SIGHUP) {
            /*
             * A signal of the terminal (SI_KERNEL) has already reached the command. But that the
             * terminal is gone is told only to the leader of its session, which is this process.
             */
            kill(command, sig);
        }
    }
}

/* What the command has, but not process 1. */
struct before {
    sigset_t mask;
    struct sigaction child_action;
};

static _Noreturn void become(char **command, const struct before *before)
{
    if (sigaction(SIGCHLD, &before->child_action, NULL) < 0 ||
        sigprocmask(SIG_SETMASK, &before->mask, NULL) < 0) {
        report_errno("give the caller's signals to the command");
        _exit(EXIT_NOT_MADE);
    }
    _exit(command_exec(command));
}

/* A caller's SIG_IGN of SIGCHLD would make the kernel reap the command, and tell nobody. */
static int hold_signals(const sigset_t *all, struct before *before)
{
    const struct sigaction action = {.sa_handler = SIG_DFL};

    if (sigprocmask(SIG_SETMASK, all, &before->mask) < 0)
        return report_errno("sigprocmask");
    if (sigaction(SIGCHLD, &action, &before->child_action) < 0)
        return report_errno("sigaction %d", SIGCHLD);
    return 0;
}

int init_run(char **command)
{
    struct before before;
    sigset_t all;

    explain_comment("process 1 starts the command, and waits for each process that ends");
    sigfillset(&all);
    if (hold_signals(&all, &before) < 0)
        return EXIT_NOT_MADE;
    if (gate_tell(0) < 0) /* from here on, no signal is lost: see supervise() */
        return EXIT_NOT_MADE;
    pid_t child = fork();
    if (child < 0) {
        report_errno("fork");
        return EXIT_NOT_MADE;
    }
    if (child == 0)
        become(command, &before);
    return supervise(child, &all);
}
