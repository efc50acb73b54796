/* Signals to a program while its container runs: it ends in time, and undoes what it did. */
#include "harness.h"

#include <signal.h>
#include <stdbool.h>
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
    return container;
}

static void assert_ends_by(int sig)
{
    struct program *container = start_sleep();
    time_t begin = time(NULL);

    kill(container->pid, sig);
    assert_int_equal(finish(container), 128 + (command_is_process_1() ? SIGKILL : sig));
    assert_true(time(NULL) - begin < IN_TIME_S);
    if (command_is_process_1())
        assert_contains(err, "did not end when asked to; killing it\n");
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

static void a_second_signal_does_not_wait(void **state)
{
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c",
              "trap 'echo caught' TERM; echo ready; while :; do /bin/sleep 0.1; done");

    hear(container, "ready\n");
    kill(container->pid, SIGTERM);
    hear(container, "caught\n");
    kill(container->pid, SIGTERM);
    assert_int_equal(finish(container), 128 + SIGKILL);
    assert_contains(err, "did not end when asked to; killing it\n");
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
        EVERY_STEP(a_second_signal_does_not_wait),
        STEP_AS_ROOT("step01", nohup_works),
        STEP_AS_USER("step03", nohup_works),
        STEP_AS_USER("step05", nohup_works),
        EVERY_STEP(a_caller_that_ignores_its_children_gets_the_status),
        EVERY_STEP(sigkill_takes_the_command_along),
        FROM_STEP03(from_step03_on_it_takes_all_processes_along),
    };
    return check_run(tests);
}
