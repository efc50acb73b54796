/* Each test runs in a child. It becomes the parent of orphans, as process 1 is. */
#include "check.h"
#include "gate.h"
#include "init.h"
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int fork_error, mask_error;
static int waits_refused, wait_error;
static bool from_the_terminal;

pid_t __real_fork(void);
pid_t __wrap_fork(void)
{
    return fork_error ? refuse(fork_error) : __real_fork();
}

int __real_sigprocmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    return mask_error ? refuse(mask_error) : __real_sigprocmask(how, set, old);
}

static const char *refused; /* this call fails        */
static int refusal;         /* with this error        */
static int calls_left;      /* after so many that work */

static bool is_refused(const char *call)
{
    return refused && strcmp(call, refused) == 0 && calls_left-- == 0;
}

int __real_sigaction(int sig, const struct sigaction *action, struct sigaction *old);
int __wrap_sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
    return is_refused("sigaction") ? refuse(refusal) : __real_sigaction(sig, action, old);
}

int __real_gate_tell(int sig);
int __wrap_gate_tell(int sig)
{
    return is_refused("gate_tell") ? refuse(refusal) : __real_gate_tell(sig);
}

int __real_setpgid(pid_t pid, pid_t group);
int __wrap_setpgid(pid_t pid, pid_t group)
{
    return pid == 0 && is_refused("setpgid") ? refuse(refusal) : __real_setpgid(pid, group);
}

/* These tests have no terminal of their own. */
int __wrap_tcsetpgrp(int fd, pid_t group)
{
    return refuse(is_refused("tcsetpgrp") ? refusal : 0);
}

ssize_t __real_send(int fd, const void *bytes, size_t length, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t length, int flags)
{
    return is_refused("send") ? refuse(refusal) : __real_send(fd, bytes, length, flags);
}

int __real_kill(pid_t pid, int sig);
int __wrap_kill(pid_t pid, int sig)
{
    return is_refused("kill") ? refuse(refusal) : __real_kill(pid, sig);
}

int __real_sigwaitinfo(const sigset_t *set, siginfo_t *info);
int __wrap_sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    if (waits_refused-- > 0)
        return refuse(wait_error);
    int sig = __real_sigwaitinfo(set, info);
    if (from_the_terminal && sig != SIGCHLD)
        info->si_code = SI_KERNEL;
    return sig;
}

static char *command[] = {"/bin/sh", "-c", NULL, NULL};

static int run_as_init(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return gate_make() < 0 ? 99 : init_run(command, -1, -1);
}

static int run(char *script)
{
    command[2] = script;
    return in_child(run_as_init);
}

static void the_status_is_the_commands_own(void **state)
{
    assert_int_equal(run("exit 0"), 0);
    assert_int_equal(run("exit 7"), 7);
    assert_int_equal(run("kill -KILL $$"), 128 + SIGKILL);
    assert_int_equal(run("kill -TERM $$"), 128 + SIGTERM);
}

/* Returns what the launcher hears of the command: the signal that killed it, or 0. */
static int hear_of(void)
{
    if (run_as_init() == 99)
        return 99;
    return gate_has_begun() ? gate_signal() : 98;
}

static void the_launcher_is_told_which_signal_has_killed_the_command(void **state)
{
    command[2] = "kill -INT $$";
    assert_int_equal(in_child(hear_of), SIGINT);
    command[2] = "kill -TERM $$";
    assert_int_equal(in_child(hear_of), SIGTERM);
    command[2] = "exit 130";
    assert_int_equal(in_child(hear_of), 0);
}

static int run_without_launcher(void)
{
    if (gate_make() < 0)
        return 99;
    gate_take_childs_end();
    return init_run(command, -1, -1);
}

static void without_a_launcher_there_is_no_command(void **state)
{
    command[2] = "exit 7";
    assert_int_equal(CATCH(in_child(run_without_launcher)), EXIT_NOT_MADE);
    assert_string_equal(caught, "container: tell the launcher: EPIPE (Broken pipe)\n");
}

static int run_nothing(void)
{
    return gate_make() < 0 ? 99 : init_run((char *[]){"/no/such/command", NULL}, -1, -1);
}

static int run_a_folder(void)
{
    return gate_make() < 0 ? 99 : init_run((char *[]){"/etc", NULL}, -1, -1);
}

static void a_command_that_does_not_run_is_127_or_126(void **state)
{
    assert_int_equal(CATCH(in_child(run_nothing)), EXIT_NOT_FOUND);
    assert_contains(caught, "container: exec /no/such/command: ENOENT");
    assert_int_equal(CATCH(in_child(run_a_folder)), EXIT_NOT_EXECUTABLE);
    assert_contains(caught, "container: exec /etc: EACCES");
}

/* A zombie is in /proc until its parent has waited for it. This parent is the init. */
#define ORPHAN "orphan=$(sh -c 'sleep 0.1 >/dev/null & echo $!');"
#define UNTIL_GONE                                                                                 \
    "n=0; while [ -e /proc/$orphan ]; do sleep 0.1; n=$((n+1)); [ $n -lt 100 ] || exit 1; done;"

static void orphans_are_reaped_while_the_command_runs(void **state)
{
    assert_int_equal(run(ORPHAN UNTIL_GONE "exit 3"), 3);
    assert_int_equal(run(ORPHAN ORPHAN ORPHAN UNTIL_GONE "exit 4"), 4);
}

static void the_end_of_an_orphan_is_not_that_of_the_command(void **state)
{
    assert_int_equal(run("(sh -c 'exit 9' &); sleep 0.3; exit 3"), 3);
}

/* $PPID is the init. The signal comes after exec(2): some shells ignore SIGQUIT. */
static int run_and_signal(const char *name)
{
    char script[128];

    snprintf(script, sizeof(script), "(sleep 0.3; kill -%s $PPID) & exec sleep 100", name);
    return run(script);
}

static void signals_are_passed_on(void **state)
{
    assert_int_equal(run_and_signal("TERM"), 128 + SIGTERM);
    assert_int_equal(run_and_signal("HUP"), 128 + SIGHUP);
    assert_int_equal(run_and_signal("INT"), 128 + SIGINT);
    assert_int_equal(run_and_signal("QUIT"), 128 + SIGQUIT);
    assert_int_equal(run_and_signal("USR1"), 128 + SIGUSR1);
    assert_int_equal(run("trap 'exit 9' TERM; kill -TERM $PPID; while :; do sleep 0.1; done"), 9);
}

static void what_the_terminal_sends_is_not_passed_on_twice(void **state)
{
    from_the_terminal = true;
    assert_int_equal(run("trap 'exit 9' INT; kill -INT $PPID; sleep 0.5; exit 4"), 4);
    from_the_terminal = false;
    assert_int_equal(run("trap 'exit 9' INT; kill -INT $PPID; sleep 0.5; exit 4"), 9);
}

/* The kernel tells it to the leader of the session alone. */
static void a_hangup_of_the_terminal_is_passed_on(void **state)
{
    from_the_terminal = true;
    assert_int_equal(run("trap 'exit 9' HUP; kill -HUP $PPID; sleep 0.5; exit 4"), 9);
    from_the_terminal = false;
}

static void the_command_has_the_callers_mask(void **state)
{
    assert_int_equal(run("grep -q 'SigBlk:.*0000000000000000' /proc/self/status"), 0);
}

static int run_as_init_that_ignores_its_children(void)
{
    signal(SIGCHLD, SIG_IGN);
    alarm(60);
    return run_as_init();
}

/* Bit 16 is SIGCHLD: the command ignores it, as its caller did. A shell would change that. */
static int look_at_ignored_signals(void)
{
    char *grep[] = {"/bin/grep", "-q", "SigIgn:.*[13579bdf]....$", "/proc/self/status", NULL};

    signal(SIGCHLD, SIG_IGN);
    alarm(60);
    return gate_make() < 0 ? 99 : init_run(grep, -1, -1);
}

static void a_caller_may_ignore_its_children(void **state)
{
    command[2] = "exit 7";
    assert_int_equal(in_child(run_as_init_that_ignores_its_children), 7);
    assert_int_equal(in_child(look_at_ignored_signals), 0);
}

static void an_interrupted_wait_is_no_error(void **state)
{
    waits_refused = 3;
    wait_error = EINTR;
    assert_int_equal(run("exit 7"), 7);
    waits_refused = 0;
}

static void assert_not_made(const char *message)
{
    assert_int_equal(CATCH(run("exit 7")), EXIT_NOT_MADE);
    assert_string_equal(caught, message);
}

static void each_refusal_is_reported(void **state)
{
    waits_refused = 1;
    wait_error = EINVAL;
    assert_not_made("container: sigwaitinfo: EINVAL (Invalid argument)\n");
    waits_refused = 0;
    mask_error = EINVAL;
    assert_not_made("container: sigprocmask: EINVAL (Invalid argument)\n");
    mask_error = 0;
}

static int run_without_fork(void)
{
    fork_error = EAGAIN;
    return run_as_init();
}

static void a_refused_fork_is_reported(void **state)
{
    assert_int_equal(CATCH(in_child(run_without_fork)), EXIT_NOT_MADE);
    assert_contains(caught, "container: fork: EAGAIN (Resource temporarily unavailable)\n");
    assert_contains(caught, "--pids-limit, which must be 2 at least, ");
}

static int listener; /* the other end of the channel */

/* In a pipeline: the command is in the background until it wants to read. */
static int run_in_background(void)
{
    int ends[2];

    if (gate_make() < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return 99;
    listener = ends[0];
    alarm(60);
    return init_run(command, ends[1], STDIN_FILENO);
}

/* A command that cannot be stopped is in the foreground from the start. */
static int run_without_stops(void)
{
    signal(SIGTTIN, SIG_IGN);
    return run_in_background();
}

static int count_requests(void)
{
    char bytes[8];
    int status = run_in_background();
    ssize_t length = recv(listener, bytes, sizeof(bytes), 0);

    return status == 7 ? (int)length : 98;
}

static void a_command_that_wants_to_read_comes_to_the_foreground(void **state)
{
    command[2] = "kill -TTIN $$; exit 7";
    assert_int_equal(in_child(count_requests), 1);
    command[2] = "kill -TTOU $$; exit 7";
    assert_int_equal(in_child(count_requests), 1);
    command[2] = "exit 7";
    assert_int_equal(in_child(run_without_stops), 7);
}

static void assert_fails(int (*function)(void), const char *call, int calls_before, int error,
                         const char *message)
{
    refused = call;
    refusal = error;
    calls_left = calls_before;
    int result = CATCH(in_child(function));
    refused = NULL;
    assert_int_equal(result, EXIT_NOT_MADE);
    assert_contains(caught, message);
}

static void a_foreground_that_is_refused_is_reported(void **state)
{
    command[2] = "kill -TTIN $$; exit 7";
    assert_fails(run_in_background, "tcsetpgrp", 0, EPERM, "bring the command to the foreground");
    assert_fails(run_without_stops, "tcsetpgrp", 0, EPERM, "bring the command to the foreground");
    assert_fails(run_in_background, "send", 1, ENOTCONN, "ask for the keys of the terminal: ENOTC");
    assert_fails(run_in_background, "setpgid", 0, EPERM, "container: setpgid: EPERM");
    assert_fails(run_without_stops, "kill", 0, ESRCH, "container: let the command go on: ESRCH");
}

static int run_without_foreground(void)
{
    refused = "tcsetpgrp";
    refusal = EIO;
    calls_left = 0;
    return run_in_background();
}

static int run_without_listener(void)
{
    refused = "send";
    refusal = EPIPE;
    calls_left = 1; /* the first is that of the gate */
    return run_in_background();
}

static void a_terminal_or_a_relay_that_is_gone_is_no_error(void **state)
{
    command[2] = "kill -TTIN $$; exit 7";
    assert_int_equal(in_child(run_without_foreground), 7);
    assert_int_equal(in_child(run_without_listener), 7);
}

static void signals_that_cannot_be_held_or_given_back_are_an_error(void **state)
{
    command[2] = "exit 7";
    assert_fails(run_as_init, "sigaction", 0, EINVAL, "container: sigaction 17: EINVAL");
    assert_fails(run_as_init, "sigaction", 1, EINVAL, "give the caller's signals to the command");
    command[2] = "kill -INT $$";
    assert_fails(run_as_init, "gate_tell", 1, EPIPE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_is_the_commands_own),
        cmocka_unit_test(the_launcher_is_told_which_signal_has_killed_the_command),
        cmocka_unit_test(without_a_launcher_there_is_no_command),
        cmocka_unit_test(a_command_that_does_not_run_is_127_or_126),
        cmocka_unit_test(orphans_are_reaped_while_the_command_runs),
        cmocka_unit_test(the_end_of_an_orphan_is_not_that_of_the_command),
        cmocka_unit_test(signals_are_passed_on),
        cmocka_unit_test(what_the_terminal_sends_is_not_passed_on_twice),
        cmocka_unit_test(a_hangup_of_the_terminal_is_passed_on),
        cmocka_unit_test(the_command_has_the_callers_mask),
        cmocka_unit_test(a_caller_may_ignore_its_children),
        cmocka_unit_test(an_interrupted_wait_is_no_error),
        cmocka_unit_test(each_refusal_is_reported),
        cmocka_unit_test(a_refused_fork_is_reported),
        cmocka_unit_test(a_command_that_wants_to_read_comes_to_the_foreground),
        cmocka_unit_test(a_foreground_that_is_refused_is_reported),
        cmocka_unit_test(a_terminal_or_a_relay_that_is_gone_is_no_error),
        cmocka_unit_test(signals_that_cannot_be_held_or_given_back_are_an_error),
    };
    return check_run(tests);
}
