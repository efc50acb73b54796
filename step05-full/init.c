#include "init.h"

#include "command.h"
#include "file.h"
#include "gate.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* The launcher cannot see by itself whether a signal has killed the command, or an exit(2). */
static int end_status(int status)
{
    if (WIFSIGNALED(status) && gate_tell(WTERMSIG(status)) < 0)
        return EXIT_NOT_MADE;
    return process_status(status);
}

/* The command, and the channel that is open while it is in the background of the terminal. */
struct job {
    pid_t command;
    int channel, terminal;
};

/* Lets the command read from the terminal. */
static int bring_to_foreground(struct job *j)
{
    tcflush(j->terminal, TCIFLUSH);                             /* what console_attach() typed */
    if (tcsetpgrp(j->terminal, j->command) < 0 && errno != EIO) /* EIO: it was hung up */
        return report_errno("bring the command to the foreground");
    if (send(j->channel, "", 1, MSG_NOSIGNAL) < 0 && errno != EPIPE)
        return report_errno("ask for the keys of the terminal");
    file_close(&j->channel);
    j->channel = -1;
    if (kill(-j->command, SIGCONT) < 0)
        return report_errno("let the command go on");
    return 0;
}

static bool wants_terminal(int status)
{
    return WIFSTOPPED(status) && (WSTOPSIG(status) == SIGTTIN || WSTOPSIG(status) == SIGTTOU);
}

/* Reaps all that have ended. Returns the exit status of the command, or -1 if it still runs. */
static int reap(struct job *j)
{
    int result = -1, status;
    pid_t changed;

    while ((changed = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
        if (changed == j->command && !WIFSTOPPED(status))
            result = end_status(status);
        else if (changed == j->command && j->channel >= 0 && wants_terminal(status) &&
                 bring_to_foreground(j) < 0)
            return EXIT_NOT_MADE;
    }
    return result;
}

/*
 * A command in the background gets no Ctrl-C from its terminal. The launcher sends it to us, and we
 * send it to the whole job.
 */
static void pass_on(const struct job *j, int sig)
{
    bool is_for_job = j->channel >= 0 && (sig == SIGINT || sig == SIGQUIT);

    kill(is_for_job ? -j->command : j->command, sig);
}

/*
 * Waits for `signals`, which are blocked. Reaps at SIGCHLD, and passes any other on to the command.
 * Returns the exit status of the command, once it has ended.
 */
static int supervise(struct job *j, const sigset_t *signals)
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
            int status = reap(j);
            if (status >= 0)
                return status;
        } else if (info.si_code != SI_KERNEL || sig == SIGHUP) {
            /*
             * A signal of the terminal (SI_KERNEL) has already reached the command. But that the
             * terminal is gone is told only to the leader of its session, which is this process.
             */
            pass_on(j, sig);
        }
    }
}

/* What the command has, but not process 1. */
struct before {
    sigset_t mask;
    struct sigaction child_action;
};

/* The command must not go on without its parent, which alone can bring it to the foreground. */
static int go_to_background(void)
{
    if (setpgid(0, 0) < 0)
        return report_errno("setpgid");
    return gate_die_with_launcher();
}

static bool can_be_stopped(const struct before *before)
{
    struct sigaction action;

    return sigaction(SIGTTIN, NULL, &action) == 0 && action.sa_handler != SIG_IGN &&
           !sigismember(&before->mask, SIGTTIN);
}

static _Noreturn void become(char **command, const struct before *before, bool in_background)
{
    if (in_background && go_to_background() < 0)
        _exit(EXIT_NOT_MADE);
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

int init_run(char **command, int channel, int terminal)
{
    struct job job = {.channel = channel, .terminal = terminal};
    struct before before;
    sigset_t all;

    explain_comment("a parent starts the command, and waits for it");
    sigfillset(&all);
    if (hold_signals(&all, &before) < 0)
        return EXIT_NOT_MADE;
    if (gate_tell(0) < 0) /* from here on, no signal is lost: see supervise() */
        return EXIT_NOT_MADE;
    job.command = fork();
    if (job.command < 0) {
        report_errno("fork");
        if (errno == EAGAIN)
            report_hint("a limit of processes is reached: --pids-limit, which must be 2 at least, "
                        "since step05's own init is one of them; or that of `ulimit -u`");
        return EXIT_NOT_MADE;
    }
    if (job.command == 0)
        become(command, &before, channel >= 0);
    /* Parent and child both do it, since either may be first. */
    if (channel >= 0)
        (void)setpgid(job.command, job.command);
    if (channel >= 0 && !can_be_stopped(&before) && bring_to_foreground(&job) < 0)
        return EXIT_NOT_MADE;
    return supervise(&job, &all);
}
