#include "process.h"

#include "file.h"
#include "gate.h"
#include "report.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GRACE = 2 }; /* seconds */

static mode_t callers_umask;
static bool interrupted;
static pid_t helper;  /* see process_depend_on() */
static int proc = -1; /* this one: join enters a container, whose /proc has other pids */

int process_prepare(void)
{
    callers_umask = umask(022);
    proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC); /* without it, deals_with() says no */
    report_hurry_when(signals_was_asked_to_stop);
    return signals_hold();
}

int process_begin_child(void)
{
    explain_in_child();
    umask(callers_umask);
    gate_take_childs_end();
    if (signals_give_back() < 0)
        return -1;
    return gate_die_with_launcher();
}

void process_hint_fork(void)
{
    if (errno != EAGAIN)
        return;
    if (sched_getscheduler(0) == SCHED_DEADLINE) /* with SCHED_RESET_ON_FORK it may fork */
        report_hint("a process with a deadline starts no other, see sched(7): chrt --other 0 "
                    "COMMAND, or end the shell that has it");
    else
        report_hint("no more processes may be started: by this user, see `ulimit -u`; in this "
                    "cgroup, see its pids.max; or on this machine");
}

int process_status(int wait_status)
{
    return WIFSIGNALED(wait_status) ? EXIT_SIGNAL + WTERMSIG(wait_status)
                                    : WEXITSTATUS(wait_status);
}

int process_run(int (*enter)(void *), void *arg)
{
    if (gate_make() < 0)
        return EXIT_NOT_MADE;
    explain("sh", NULL);
    pid_t child = fork();
    if (child < 0) {
        report_errno("fork");
        process_hint_fork();
        return EXIT_NOT_MADE;
    }
    if (child == 0)
        _exit(process_begin_child() < 0 ? EXIT_NOT_MADE : enter(arg));
    gate_take_launchers_end();
    return process_wait(child);
}

static FILE *open_status(pid_t pid)
{
    char name[32];

    snprintf(name, sizeof(name), "%d/status", pid);
    return file_open_stream(proc, name);
}

/*
 * Tells whether a process deals with a signal itself: by a handler (the mask SigCgt of proc(5)), or
 * by signalfd(2) while the signal is blocked (SigBlk). A process in sigwait(3) shows in neither.
 */
static bool deals_with(pid_t pid, int sig)
{
    char line[256];
    unsigned long long mask, signals = 0;
    FILE *status = open_status(pid);

    while (status && fgets(line, sizeof(line), status))
        if (sscanf(line, "SigCgt: %llx", &mask) == 1 || sscanf(line, "SigBlk: %llx", &mask) == 1)
            signals |= mask;
    if (status)
        fclose(status);
    return sig > 0 && (signals >> (sig - 1) & 1);
}

/* The line "NSpid: 4711 1" has its pid here, and that in its own PID namespace. */
static bool is_process_1(pid_t pid)
{
    char line[256];
    int here, own = 0;
    FILE *status = open_status(pid);

    while (status && fgets(line, sizeof(line), status))
        if (sscanf(line, "NSpid: %d %d", &here, &own) == 2)
            break;
    if (status)
        fclose(status);
    return own == 1;
}

/* The terminal sends these to all processes of its foreground job. */
static bool is_from_terminal(const siginfo_t *info)
{
    int sig = info->si_signo;

    return info->si_code == SI_KERNEL &&
           (sig == SIGINT || sig == SIGQUIT || sig == SIGHUP || sig == SIGWINCH);
}

/* A write of this program to a pipe without a reader, or to a file that is too large, caused it. */
static bool is_our_own(const siginfo_t *info)
{
    return (info->si_signo == SIGPIPE || info->si_signo == SIGXFSZ) && info->si_pid == getpid();
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
    int sig = info->si_signo;

    /* SIGWINCH: a session of its own has another terminal, which has another size. */
    if (!is_from_terminal(info) || (apart && sig != SIGWINCH))
        kill(child, sig);
    if (sig == SIGINT || sig == SIGQUIT)
        return !apart && !deals_with(child, sig);
    return signals_ask_to_stop(sig);
}

/* What this program was asked, while it waits for its child. */
struct stop {
    int first; /* the signal that asked first; 0: none yet  */
    int count; /* how many asked                            */
    bool early, killed;
    struct timespec deadline;
};

/* The init of a session of its own passes the signal on, so it is another process that stayed. */
static bool got_no_signal(pid_t child, int sig)
{
    return getsid(child) == getsid(0) && is_process_1(child) && !deals_with(child, sig);
}

/* Kills first: nobody may read our messages, and then they would have to wait. */
static void kill_child(pid_t child, struct stop *stop)
{
    bool got_none = got_no_signal(child, stop->first);

    kill(child, SIGKILL);
    stop->killed = true; /* its end may take a while: its cgroup may have little CPU time */
    if (stop->early)
        return;
    report_note("process %d did not end when asked to; killing it", child);
    if (got_none)
        report_hint("process 1 of a PID namespace gets no signal that it has no handler for");
}

static void obey(pid_t child, const siginfo_t *info, struct stop *stop)
{
    int sig = info->si_signo;

    if (is_our_own(info))
        return;
    bool asks = signals_ask_to_stop(sig);
    stop->early = asks && stop->count == 0 && !gate_has_begun();
    bool at_once =
        asks && (stop->early || stop->count >= 2 || (stop->count == 1 && sig == SIGQUIT));
    if (!at_once && !pass_on(child, info))
        return;
    if (stop->count++ == 0) {
        stop->first = sig;
        clock_gettime(CLOCK_MONOTONIC, &stop->deadline);
        stop->deadline.tv_sec += GRACE;
    }
    if (at_once)
        kill_child(child, stop);
}

/* Waits for a signal, but not longer than the child's grace. Returns what signals_take() returns.
 */
static int take_signal(siginfo_t *info, const struct stop *stop)
{
    struct timespec now, left = {0};

    if (stop->count == 0 || stop->killed)
        return signals_take(info, NULL);
    clock_gettime(CLOCK_MONOTONIC, &now);
    left.tv_sec = stop->deadline.tv_sec - now.tv_sec;
    left.tv_nsec = stop->deadline.tv_nsec - now.tv_nsec;
    if (left.tv_nsec < 0) {
        left.tv_sec--;
        left.tv_nsec += 1000000000;
    }
    if (left.tv_sec < 0)
        left = (struct timespec){0};
    return signals_take(info, &left);
}

static int end_status(int wait_status, const struct stop *stop)
{
    int sig = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : gate_signal();

    if (stop->killed && sig == SIGKILL)
        sig = stop->first;
    interrupted = sig == SIGINT;
    return stop->early ? EXIT_SIGNAL + stop->first : process_status(wait_status);
}

void process_depend_on(pid_t other)
{
    helper = other;
}

/* Leaves its status there, for the module that started it. */
static bool helper_has_failed(void)
{
    siginfo_t info = {0};

    return helper > 0 && waitid(P_PID, (id_t)helper, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == helper && (info.si_code != CLD_EXITED || info.si_status != 0);
}

int process_wait(pid_t child)
{
    struct stop stop = {0};

    for (;;) {
        siginfo_t info;
        int status;
        pid_t ended = waitpid(child, &status, WNOHANG);

        if (ended < 0) {
            report_errno("waitpid %d", child);
            return EXIT_NOT_MADE;
        }
        if (ended == child)
            return end_status(status, &stop);
        if (stop.count == 0 && helper_has_failed()) {
            obey(child, &(siginfo_t){.si_signo = SIGHUP}, &stop);
            continue;
        }

        int sig = take_signal(&info, &stop);
        if (sig < 0 && errno == EAGAIN)
            kill_child(child, &stop);
        else if (sig > 0 && sig != SIGCHLD && !stop.killed)
            obey(child, &info, &stop);
    }
}

int process_leave(int status)
{
    if (interrupted)
        signals_die_of_interrupt();
    return status;
}
