/* Each test runs in a child, since the module changes what its process does with signals. */
#include "check.h"
#include "gate.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
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

/* As if it had become the command by exec(2), after which the gate is closed. */
static int begin(void *arg)
{
    return gate_tell(0) < 0 ? 99 : command(arg);
}

static int hold_and_run(void)
{
    if (process_prepare() < 0)
        return 99;
    return process_run(begin, NULL);
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

/* After its parent has been asked to stop `asked` times, it lives on for a part of the grace. */
static int asked, last_signal;

static int survive(void *arg)
{
    signal(SIGTERM, note_signal);
    for (int i = 1; i < asked; i++) {
        kill(getppid(), SIGTERM);
        wait_for_signals(i);
    }
    kill(getppid(), last_signal);
    usleep(400000);
    usleep(400000); /* a signal ends the first one early */
    return 5;
}

static int survive_and_tell(void)
{
    command = survive;
    int status = CATCH(hold_and_run());
    return (strstr(caught, " did not end when asked to; killing it\n") != NULL) ==
                   (status == 128 + SIGKILL)
               ? status
               : 99;
}

static int ask(int times, int sig)
{
    asked = times;
    last_signal = sig;
    return in_child(survive_and_tell);
}

static void a_third_signal_or_sigquit_kills_before_the_grace_is_over(void **state)
{
    alarm(60);
    assert_int_equal(ask(1, SIGTERM), 5);
    assert_int_equal(ask(2, SIGTERM), 5);
    assert_int_equal(ask(2, SIGHUP), 128 + SIGHUP); /* it is passed on, too */
    assert_int_equal(ask(3, SIGTERM), 128 + SIGKILL);
    assert_int_equal(ask(2, SIGQUIT), 128 + SIGKILL);
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

/* These ask to stop while the command has not begun yet: it has told nothing. */
static int ask_too_early(void *arg)
{
    signal(last_signal, SIG_IGN); /* process 1 of a PID namespace ignores it, too */
    kill(getppid(), last_signal);
    return wait_to_be_killed();
}

static int run_too_early(void)
{
    return process_prepare() < 0 ? 99 : CATCH(process_run(ask_too_early, NULL));
}

static void a_signal_before_the_command_begins_ends_it_at_once(void **state)
{
    static const int asking[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP};

    for (size_t i = 0; i < sizeof(asking) / sizeof(*asking); i++) {
        last_signal = asking[i];
        time_t begin = time(NULL);
        assert_int_equal(in_child(run_too_early), 128 + last_signal);
        assert_true(time(NULL) - begin < 2);
    }
}

static int run_and_leave(void)
{
    return process_leave(hold_and_run());
}

static int leave_with_130(void *arg)
{
    return 130;
}

static int tell_of_sigint(void *arg)
{
    return gate_tell(SIGINT) < 0 ? 99 : 130; /* as the init of step05 does */
}

static int die_of_sigint(void *arg)
{
    return raise(SIGINT);
}

static int ignore_ctrl_c_and_be_killed(void *arg)
{
    signal(SIGTERM, SIG_IGN);
    kill(getppid(), SIGINT);
    return wait_to_be_killed();
}

/* Returns the signal that the program died of, or 0. */
static int signal_of(int (*enter)(void *))
{
    int status;
    pid_t child = fork();

    command = enter;
    if (child == 0)
        _exit(run_and_leave());
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void the_program_dies_of_sigint_as_the_command_did(void **state)
{
    assert_int_equal(signal_of(die_of_sigint), SIGINT);
    assert_int_equal(signal_of(tell_of_sigint), SIGINT);
    assert_int_equal(signal_of(ignore_ctrl_c_and_be_killed), SIGINT);
    assert_int_equal(signal_of(leave_with_130), 0);
    assert_int_equal(signal_of(die_of_sigterm), 0);
}

static int look_at_the_umask(void *arg)
{
    return (int)umask(0);
}

static int with_another_umask(void)
{
    umask(027);
    command = look_at_the_umask;
    if (process_prepare() < 0 || umask(022) != 022)
        return 99;
    return process_run(begin, NULL);
}

static void this_program_has_its_own_umask_and_the_command_the_callers(void **state)
{
    assert_int_equal(in_child(with_another_umask), 027);
}

static int get_others(void *arg)
{
    static const int others[] = {SIGUSR1, SIGUSR2, SIGALRM, SIGIO,   SIGPWR,
                                 SIGPROF, SIGXCPU, SIGPIPE, SIGXFSZ, SIGWINCH};
    int count = 0;

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        signal(others[i], note_signal);
        kill(getppid(), others[i]);
        wait_for_signals(++count);
    }
    for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++) {
        signal(sig, note_signal);
        kill(getppid(), sig);
        wait_for_signals(++count);
    }
    sleep(3); /* longer than the grace: they do not ask to stop */
    return 6;
}

/* The caller of the tests may ignore some. */
static int ignore_nothing_and_run(void)
{
    for (int sig = 1; sig <= SIGRTMAX; sig++)
        signal(sig, SIG_DFL);
    alarm(60);
    return hold_and_run();
}

static void other_signals_are_passed_on_and_ask_for_nothing(void **state)
{
    command = get_others;
    assert_int_equal(in_child(ignore_nothing_and_run), 6);
}

/* Returns whether the parent passes on the signal of its own write. */
static int get_a_sigpipe(void *arg)
{
    signal(SIGPIPE, note_signal);
    usleep(300000);
    return signals;
}

static int stderr_without_reader(void)
{
    int ends[2];

    signal(SIGPIPE, SIG_DFL);
    if (process_prepare() < 0 || pipe(ends) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
        return 99;
    close(ends[0]);
    close(ends[1]);
    report_note("nobody reads this");
    command = get_a_sigpipe;
    return process_run(begin, NULL);
}

static void a_pipe_that_nobody_reads_costs_the_message_alone(void **state)
{
    assert_int_equal(in_child(stderr_without_reader), 0);
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

/* A parent's death closes its end of the gate. */
static int begin_as_an_orphan(void)
{
    if (process_prepare() < 0 || gate_make() < 0)
        return 1;
    gate_take_childs_end();
    int result = CATCH(process_begin_child());
    return result == -1 &&
                   strcmp(caught, "container: the parent died before its child began\n") == 0
               ? 0
               : 2;
}

static void an_orphan_does_not_begin(void **state)
{
    assert_int_equal(in_child(begin_as_an_orphan), 0);
}

static int (*work_of_helper)(void *);

static int run_with_helper(void)
{
    if (process_prepare() < 0)
        return 99;
    pid_t helper = fork();
    if (helper == 0)
        _exit(work_of_helper(NULL));
    process_depend_on(helper);
    int status = process_run(begin, NULL);
    return waitpid(helper, NULL, 0) == helper ? status : 98; /* nobody else has waited for it */
}

static int leave_with_0(void *arg)
{
    return 0;
}

static int sleep_a_second(void *arg)
{
    usleep(1000000);
    return 7;
}

static int run_beside(int (*work)(void *))
{
    work_of_helper = work;
    command = sleep_a_second;
    return in_child(run_with_helper);
}

static void a_helper_that_fails_ends_the_command(void **state)
{
    assert_int_equal(run_beside(leave_with_7), 128 + SIGHUP);
    assert_int_equal(run_beside(die_of_sigkill), 128 + SIGHUP);
    assert_int_equal(run_beside(leave_with_0), 7);
}

static int policy;

int __wrap_sched_getscheduler(pid_t pid)
{
    return pid == 0 ? policy : refuse(EINVAL);
}

/* A process with SCHED_RESET_ON_FORK may fork in spite of its deadline. */
static int with_a_deadline(void)
{
    fork_error = EAGAIN;
    policy = SCHED_DEADLINE;
    if (CATCH(process_run(leave_with_7, NULL)) != EXIT_NOT_MADE ||
        !strstr(caught, "hint: a process with a deadline starts no other"))
        return 1;
    policy = SCHED_DEADLINE | SCHED_RESET_ON_FORK;
    if (CATCH(process_run(leave_with_7, NULL)) != EXIT_NOT_MADE ||
        !strstr(caught, "hint: no more processes may be started"))
        return 2;
    return 0;
}

static void a_deadline_is_no_limit_of_processes(void **state)
{
    assert_int_equal(in_child(with_a_deadline), 0);
}

static int with_errors(void)
{
    fork_error = EAGAIN;
    if (CATCH(process_run(leave_with_7, NULL)) != EXIT_NOT_MADE ||
        !strstr(caught, "container: fork: EAGAIN (Resource temporarily unavailable)\n"
                        "container: hint: no more processes may be started: by this user"))
        return 1;
    fork_error = ENOMEM;
    if (CATCH(process_run(leave_with_7, NULL)) != EXIT_NOT_MADE || strstr(caught, "hint"))
        return 1;
    sigaction_error = EINVAL;
    if (CATCH(process_prepare()) != -1 || !strstr(caught, "container: sigaction 17: EINVAL"))
        return 2;
    sigaction_error = 0;
    sigprocmask_error = EINVAL;
    if (CATCH(process_prepare()) != -1 || !strstr(caught, "container: sigprocmask: EINVAL"))
        return 3;
    if (CATCH(process_begin_child()) != -1 || !strstr(caught, "sigprocmask: EINVAL"))
        return 4;
    sigprocmask_error = 0;
    prctl_error = EINVAL;
    if (CATCH(process_begin_child()) != -1 || !strstr(caught, "PR_SET_PDEATHSIG: EINVAL"))
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
        cmocka_unit_test(a_third_signal_or_sigquit_kills_before_the_grace_is_over),
        cmocka_unit_test(one_that_ignores_the_signal_is_killed_after_a_while),
        cmocka_unit_test(a_command_that_handles_ctrl_c_goes_on),
        cmocka_unit_test(what_the_terminal_sends_is_passed_on_to_another_session_only),
        cmocka_unit_test(one_that_dies_slowly_is_killed_once),
        cmocka_unit_test(a_command_that_does_not_handle_ctrl_c_ends),
        cmocka_unit_test(a_caller_that_ignores_sigchld_changes_nothing),
        cmocka_unit_test(a_signal_that_the_caller_ignores_stays_ignored),
        cmocka_unit_test(the_command_has_the_callers_mask),
        cmocka_unit_test(a_signal_before_the_command_begins_ends_it_at_once),
        cmocka_unit_test(the_program_dies_of_sigint_as_the_command_did),
        cmocka_unit_test(this_program_has_its_own_umask_and_the_command_the_callers),
        cmocka_unit_test(other_signals_are_passed_on_and_ask_for_nothing),
        cmocka_unit_test(a_pipe_that_nobody_reads_costs_the_message_alone),
        cmocka_unit_test(the_command_dies_with_the_program),
        cmocka_unit_test(an_orphan_does_not_begin),
        cmocka_unit_test(a_helper_that_fails_ends_the_command),
        cmocka_unit_test(a_deadline_is_no_limit_of_processes),
        cmocka_unit_test(each_refused_call_is_reported),
    };
    return check_run(tests);
}
