/* Signals to a program while its container runs: it ends in time, and undoes what it did. */
#include "harness.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { IN_TIME_S = 20 }; /* the grace is 2 s; a virtual machine without KVM is slow */

/* In step03 and step04 the command is an init. A signal that it does not handle does not end it. */
static bool command_is_process_1(void)
{
    return strcmp(fixture.step, "step03") == 0 || strcmp(fixture.step, "step04") == 0;
}

static struct program *start_sleep(void)
{
    struct program *container = start(fixture.step, fixture.image, "sleep", "1000");

    wait_for_descendant(container->pid, "sleep");
    /* The name comes a moment before the gate is closed, and a signal between them ends the start.
     */
    usleep(200000);
    return container;
}

static void assert_ends_by(int sig)
{
    struct program *container = start_sleep();
    time_t begin = time(NULL);

    kill(container->pid, sig);
    /* After Ctrl-C the program dies of SIGINT itself, also where it had to kill the command. */
    assert_int_equal(finish(container),
                     128 + (command_is_process_1() && sig != SIGINT ? SIGKILL : sig));
    assert_true(time(NULL) - begin < IN_TIME_S);
    if (command_is_process_1())
        assert_contains(err, "hint: process 1 of a PID namespace gets no signal");
    else
        assert_string_equal(complaints(), "");
}

static void sigterm_ends_it(void **state)
{
    assert_ends_by(SIGTERM);
}

static void sigint_ends_it(void **state)
{
    assert_ends_by(SIGINT);
}

static void sighup_and_sigquit_end_it(void **state)
{
    assert_ends_by(SIGHUP);
    assert_ends_by(SIGQUIT);
}

static void the_command_may_deal_with_the_signal(void **state)
{
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c",
              "trap 'echo caught; exit 3' TERM; echo ready; while :; do /bin/sleep 0.1; done");

    hear(container, "ready\n");
    kill(container->pid, SIGTERM);
    hear(container, "caught\n");
    assert_int_equal(finish(container), 3);
}

static void a_third_signal_does_not_wait(void **state)
{
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c",
              "trap 'echo caught' TERM; echo ready; while :; do /bin/sleep 0.1; done");

    hear(container, "ready\n");
    kill(container->pid, SIGTERM);
    hear(container, "caught\n");
    kill(container->pid, SIGTERM);
    hear(container, "caught\n");
    kill(container->pid, SIGTERM);
    assert_int_equal(finish(container), 128 + SIGKILL);
    assert_contains(err, "did not end when asked to; killing it\n");
    assert_null(strstr(err, "hint:")); /* it got them */
}

/* timeout(1) sends two: one to its child, one to its process group. */
static void two_signals_leave_the_command_its_two_seconds(void **state)
{
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c",
              "trap 'echo bye; /bin/sleep 0.5; echo bye2; exit 3' TERM; echo ready; "
              "while :; do /bin/sleep 0.05; done");

    hear(container, "ready\n");
    kill(container->pid, SIGTERM);
    usleep(2000);
    kill(container->pid, SIGTERM);
    hear(container, "bye\nbye2\n");
    assert_int_equal(finish(container), 3);
    assert_string_equal(complaints(), "");
}

static void use_default_actions(void)
{
    for (int sig = 1; sig <= SIGRTMAX; sig++)
        signal(sig, SIG_DFL);
}

/* The tests' caller may ignore some, and an ignored signal is passed on to nobody. */
static void what_the_command_may_want_is_passed_on(void **state)
{
    static const int signals[] = {SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE, SIGXFSZ, SIGXCPU, SIGPWR};

    fixture.prepare = use_default_actions;
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c",
              "for s in USR1 USR2 ALRM PIPE XFSZ XCPU PWR; do trap \"echo got $s\" $s; done; "
              "trap 'exit 4' TERM; echo ready; while :; do /bin/sleep 0.05; done");
    hear(container, "ready\n");
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        kill(container->pid, signals[i]);
        hear(container, "got ");
    }
    kill(container->pid, SIGTERM);
    assert_int_equal(finish(container), 4);
}

/* They do not ask to stop. None may end the program before it has undone what it did. */
static void other_signals_leave_nothing(void **state)
{
    static const int signals[] = {SIGPIPE, SIGXFSZ,   SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU,  SIGIO,
                                  SIGPWR,  SIGVTALRM, SIGPROF, SIGTRAP, SIGSYS,  SIGSTKFLT};

    fixture.prepare = use_default_actions;
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c", "echo ready; exec /bin/sleep 0.5");
    hear(container, "ready\n");
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
        kill(container->pid, signals[i]);
    for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
        kill(container->pid, sig);
    finish(container);
}

static void a_trace_that_nobody_reads_leaves_nothing(void **state)
{
    fixture.prepare = use_default_actions;
    for (int lines = 0; lines < 12; lines += 3) {
        char script[4 * FIXTURE_PATH];

        snprintf(script, sizeof(script), "'%s/%s' -x '%s' true 2>&1 | head -n %d >/dev/null",
                 fixture.programs, fixture.step, fixture.image, lines);
        run("sh", "-c", script);
    }
}

static void ignore_hangup(void)
{
    signal(SIGHUP, SIG_IGN);
}

static void nohup_works(void **state)
{
    fixture.prepare = ignore_hangup;
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c", "echo ready; read line; echo on");
    hear(container, "ready\n");
    kill(container->pid, SIGHUP);
    usleep(2300000); /* longer than the grace */
    say(container, "\n");
    hear(container, "on\n");
    assert_int_equal(finish(container), 0);
}

static void ignore_children(void)
{
    signal(SIGCHLD, SIG_IGN);
}

static void a_caller_that_ignores_its_children_gets_the_status(void **state)
{
    fixture.prepare = ignore_children;
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "exit 7"), 7);
}

/*
 * After SIGKILL the program cannot undo anything. The command must die all the same. From step03
 * on, its processes and mounts must be gone too: the audit checks this. The user removes the rest.
 */
static void sigkill_takes_the_command_along(void **state)
{
    struct program *container = start_sleep();

    kill(container->pid, SIGKILL);
    assert_int_equal(finish(container), 128 + SIGKILL);
    remove_leftovers();
}

static void from_step03_on_it_takes_all_processes_along(void **state)
{
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c",
              ": >/dev/null; /bin/sleep 1000 & echo ready; exec /bin/sleep 1000");

    hear(container, "ready\n");
    kill(container->pid, SIGKILL);
    assert_int_equal(finish(container), 128 + SIGKILL);
    remove_leftovers();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(sigterm_ends_it),
        EVERY_STEP(sigint_ends_it),
        EVERY_STEP(sighup_and_sigquit_end_it),
        EVERY_STEP(the_command_may_deal_with_the_signal),
        EVERY_STEP(a_third_signal_does_not_wait),
        EVERY_STEP(two_signals_leave_the_command_its_two_seconds),
        EVERY_STEP(what_the_command_may_want_is_passed_on),
        FROM_STEP02(other_signals_leave_nothing),
        FROM_STEP02(a_trace_that_nobody_reads_leaves_nothing),
        STEP_AS_ROOT("step01", nohup_works),
        STEP_AS_USER("step03", nohup_works),
        STEP_AS_USER("step05", nohup_works),
        EVERY_STEP(a_caller_that_ignores_its_children_gets_the_status),
        EVERY_STEP(sigkill_takes_the_command_along),
        FROM_STEP03(from_step03_on_it_takes_all_processes_along),
    };
    return check_run(tests);
}
