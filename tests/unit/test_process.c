/* Each test runs in a child, since the module changes what its process does with signals. */
#include "check.h"
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int fork_error, prctl_error, sigprocmask_error, sigaction_error, waitpid_error;

pid_t __real_fork(void);
pid_t __wrap_fork(void)
{
    return fork_error ? refuse(fork_error) : __real_fork();
}

int __real_prctl(int option, unsigned long argument);
int __wrap_prctl(int option, unsigned long argument)
{
    return prctl_error ? refuse(prctl_error) : __real_prctl(option, argument);
}

int __real_sigprocmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    return sigprocmask_error ? refuse(sigprocmask_error) : __real_sigprocmask(how, set, old);
}

int __real_sigaction(int sig, const struct sigaction *action, struct sigaction *old);
int __wrap_sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
    return sigaction_error ? refuse(sigaction_error) : __real_sigaction(sig, action, old);
}

pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
    return waitpid_error ? refuse(waitpid_error) : __real_waitpid(pid, status, options);
}

/* When set, each signal looks as if the terminal had sent it. */
static bool from_the_terminal;

int __real_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *limit);
int __wrap_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *limit)
{
    int sig = __real_sigtimedwait(set, info, limit);

    if (from_the_terminal && sig > 0 && sig != SIGCHLD)
        info->si_code = SI_KERNEL;
    return sig;
}

/* When set, a killed process does not die at once, but only after the grace. */
static bool slow_death;
static int kills;

int __real_kill(pid_t pid, int sig);
int __wrap_kill(pid_t pid, int sig)
{
    if (!slow_death || sig != SIGKILL)
        return __real_kill(pid, sig);
    kills++;
    if (__real_fork() == 0) {
        sleep(3);
        _exit(__real_kill(pid, SIGKILL));
    }
    return 0;
}

/* Runs process_run() in a child. Returns its value, or 99 after an unexpected report. */
static int (*command)(void *);

static int hold_and_run(void)
{
    if (process_hold_signals() < 0)
        return 99;
    return process_run(command, NULL);
}

static int run(int (*enter)(void *))
{
    command = enter;
    return in_child(hold_and_run);
}

static int leave_with_7(void *arg)
{
    return 7;
}

static int die_of_sigkill(void *arg)
{
    return raise(SIGKILL);
}

static int die_of_sigterm(void *arg)
{
    return raise(SIGTERM);
}

static void the_status_is_the_commands_own(void **state)
{
    assert_int_equal(run(leave_with_7), 7);
}

static void a_killed_command_counts_128_and_the_signal(void **state)
{
    assert_int_equal(run(die_of_sigkill), 128 + SIGKILL);
    assert_int_equal(run(die_of_sigterm), 128 + SIGTERM);
    assert_int_equal(process_status(3 << 8), 3);
    assert_int_equal(process_status(SIGSEGV), 128 + SIGSEGV);
}

/* How many signals the command got. The commands below send signals to their parent. */
static volatile sig_atomic_t signals;

static void note_signal(int sig)
{
    signals++;
}

static void wait_for_signals(int count)
{
    while (signals < count)
        usleep(1000);
}

static int wait_to_be_killed(void)
{
    while (pause() < 0)
        ;
    return 0;
}

static int leave_when_sigterm_comes(void *arg)
{
    signal(SIGTERM, note_signal);
    kill(getppid(), SIGTERM);
    wait_for_signals(1);
    return 9;
}

static void sigterm_is_passed_on(void **state)
{
    assert_int_equal(run(leave_when_sigterm_comes), 9);
}

static int survive_two(void *arg)
{
    signal(SIGTERM, note_signal);
    kill(getppid(), SIGTERM);
    wait_for_signals(1);
    kill(getppid(), SIGTERM);
    return wait_to_be_killed();
}

static int survive_two_and_tell(void)
{
    process_hold_signals();
    int status = CATCH(process_run(survive_two, NULL));
    return strstr(caught, " did not end when asked to; killing it\n") ? status : 99;
}

static void a_second_signal_kills(void **state)
{
    alarm(60);
    assert_int_equal(in_child(survive_two_and_tell), 128 + SIGKILL);
    alarm(0);
}

static int ignore_sigterm(void *arg)
{
    signal(SIGTERM, SIG_IGN);
    kill(getppid(), SIGTERM);
    return wait_to_be_killed();
}

static void one_that_ignores_the_signal_is_killed_after_a_while(void **state)
{
    assert_int_equal(run(ignore_sigterm), 128 + SIGKILL);
}

static int go_on_after_three_sigints(void *arg)
{
    signal(SIGINT, note_signal);
    for (int i = 1; i <= 3; i++) {
        kill(getppid(), SIGINT);
        wait_for_signals(i);
    }
    return 3;
}

static int go_on_after_a_blocked_sigint(void *arg)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getppid(), SIGINT);
    sleep(3); /* longer than the time until a kill */
    return 4;
}

static void a_command_that_handles_ctrl_c_goes_on(void **state)
{
    assert_int_equal(run(go_on_after_three_sigints), 3);
    assert_int_equal(run(go_on_after_a_blocked_sigint), 4);
}

/* Returns whether the parent passes on what it gets. */
static int get_a_sigint(void *arg)
{
    signal(SIGINT, note_signal);
    kill(getppid(), SIGINT);
    sleep(1); /* a signal ends it early */
    return signals;
}

static int get_a_sigint_apart(void *arg)
{
    return setsid() < 0 ? 99 : get_a_sigint(arg);
}

static void what_the_terminal_sends_is_passed_on_to_another_session_only(void **state)
{
    from_the_terminal = true;
    int same = run(get_a_sigint), another = run(get_a_sigint_apart);
    from_the_terminal = false;
    assert_int_equal(same, 0);
    assert_int_equal(another, 1);
}

static int die_slowly(void)
{
    slow_death = true;
    return hold_and_run() == 128 + SIGKILL ? kills : 99;
}

static void one_that_dies_slowly_is_killed_once(void **state)
{
    command = ignore_sigterm;
    assert_int_equal(in_child(die_slowly), 1);
}

static int die_of_ctrl_c(void *arg)
{
    kill(getppid(), SIGINT);
    return wait_to_be_killed();
}

static void a_command_that_does_not_handle_ctrl_c_ends(void **state)
{
    assert_int_equal(run(die_of_ctrl_c), 128 + SIGINT);
}

static int ignore_children_and_run(void)
{
    signal(SIGCHLD, SIG_IGN);
    return hold_and_run();
}

static void a_caller_that_ignores_sigchld_changes_nothing(void **state)
{
    command = leave_with_7;
    assert_int_equal(in_child(ignore_children_and_run), 7);
}

static int hang_up(void *arg)
{
    struct sigaction action;

    kill(getppid(), SIGHUP);
    sleep(3); /* longer than the time until a kill */
    sigaction(SIGHUP, NULL, &action);
    return action.sa_handler == SIG_IGN ? 4 : 5;
}

static int ignore_hangup_and_run(void)
{
    signal(SIGHUP, SIG_IGN);
    return hold_and_run();
}

static void a_signal_that_the_caller_ignores_stays_ignored(void **state)
{
    command = hang_up;
    assert_int_equal(in_child(ignore_hangup_and_run), 4);
}

static int look_at_the_mask(void *arg)
{
    sigset_t mask;

    sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, SIGTERM) * 2 + sigismember(&mask, SIGUSR1);
}

static int block_sigusr1_and_run(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return hold_and_run();
}

static void the_command_has_the_callers_mask(void **state)
{
    command = look_at_the_mask;
    assert_int_equal(in_child(hold_and_run), 0);
    assert_int_equal(in_child(block_sigusr1_and_run), 1);
}

static int still_alive[2];

static int hold_the_pipe(void *arg)
{
    kill(getppid(), SIGKILL);
    close(still_alive[0]);
    return wait_to_be_killed();
}

static void the_command_dies_with_the_program(void **state)
{
    char byte;

    assert_int_equal(pipe(still_alive), 0);
    assert_int_equal(run(hold_the_pipe), 128 + SIGKILL);
    close(still_alive[1]);
    alarm(60);
    assert_int_equal(read(still_alive[0], &byte, 1), 0); /* the end: no process holds it any more */
    alarm(0);
    close(still_alive[0]);
}

static int begin_as_an_orphan(void)
{
    int result = CATCH(process_begin_child(getppid() + 1));
    return result == -1 &&
                   strcmp(caught, "container: the parent died before its child began\n") == 0
               ? 0
               : 1;
}

static void an_orphan_does_not_begin(void **state)
{
    assert_int_equal(in_child(begin_as_an_orphan), 0);
}

static int with_errors(void)
{
    fork_error = EAGAIN;
    if (CATCH(process_run(leave_with_7, NULL)) != EXIT_NOT_MADE ||
        strcmp(caught, "container: fork: EAGAIN (Resource temporarily unavailable)\n") != 0)
        return 1;
    sigaction_error = EINVAL;
    if (CATCH(process_hold_signals()) != -1 || !strstr(caught, "container: sigaction 2: EINVAL"))
        return 2;
    sigaction_error = 0;
    sigprocmask_error = EINVAL;
    if (CATCH(process_hold_signals()) != -1 || !strstr(caught, "container: sigprocmask: EINVAL"))
        return 3;
    if (CATCH(process_begin_child(getppid())) != -1 || !strstr(caught, "sigprocmask: EINVAL"))
        return 4;
    prctl_error = EINVAL;
    if (CATCH(process_begin_child(getppid())) != -1 || !strstr(caught, "PR_SET_PDEATHSIG: EINVAL"))
        return 5;
    waitpid_error = ECHILD;
    if (CATCH(process_wait(1)) != EXIT_NOT_MADE || !strstr(caught, "waitpid 1: ECHILD"))
        return 6;
    return 0;
}

static void each_refused_call_is_reported(void **state)
{
    assert_int_equal(in_child(with_errors), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_is_the_commands_own),
        cmocka_unit_test(a_killed_command_counts_128_and_the_signal),
        cmocka_unit_test(sigterm_is_passed_on),
        cmocka_unit_test(a_second_signal_kills),
        cmocka_unit_test(one_that_ignores_the_signal_is_killed_after_a_while),
        cmocka_unit_test(a_command_that_handles_ctrl_c_goes_on),
        cmocka_unit_test(what_the_terminal_sends_is_passed_on_to_another_session_only),
        cmocka_unit_test(one_that_dies_slowly_is_killed_once),
        cmocka_unit_test(a_command_that_does_not_handle_ctrl_c_ends),
        cmocka_unit_test(a_caller_that_ignores_sigchld_changes_nothing),
        cmocka_unit_test(a_signal_that_the_caller_ignores_stays_ignored),
        cmocka_unit_test(the_command_has_the_callers_mask),
        cmocka_unit_test(the_command_dies_with_the_program),
        cmocka_unit_test(an_orphan_does_not_begin),
        cmocka_unit_test(each_refused_call_is_reported),
    };
    return check_run(tests);
}
