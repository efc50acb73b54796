/* Process 1: before step05 it is the command, which cannot do this work. Then it is an init. */
#include "full.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_zombie(pid_t pid)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    const char *status = read_file(path);
    return status && strstr(status, "State:\tZ");
}

/* Waits until process 1 has so many children. Returns how many of them are zombies. */
static int zombies_among(pid_t process_1, int wanted)
{
    pid_t pids[100];
    int count, zombies = 0;

    for (int i = 0; i < 3000; i++) {
        count = children_of(process_1, pids, 100);
        if (count == wanted)
            break;
        usleep(10000);
    }
    assert_int_equal(count, wanted);
    for (int i = 0; i < count; i++)
        zombies += is_zombie(pids[i]);
    return zombies;
}

/* The shell that made the orphan has ended. The orphan ends when the command has read a line. */
static struct program *start_with_orphan(const char *step)
{
    write_file(path_in(fixture.image, "dev/null"), ""); /* a shell wants it for a background job */
    struct program *container = start(
        step, fixture.image, "sh", "-c",
        "mkfifo /gate; (cat /gate & ); echo ready; read line; : >/gate; exec /bin/sleep 1000");
    hear(container, "ready\n");
    return container;
}

static void an_orphan_stays_a_zombie_until_there_is_an_init(void **state)
{
    struct program *container = start_with_orphan(step_before());
    pid_t process_1 = child_of(container->pid);

    assert_int_equal(zombies_among(process_1, 1), 0);
    say(container, "\n");
    for (int i = 0; i < 3000 && zombies_among(process_1, 1) == 0; i++)
        usleep(10000);
    usleep(300000);
    assert_int_equal(zombies_among(process_1, 1), 1);
    kill(process_1, SIGKILL);
    finish(container);

    container = start_with_orphan("step05");
    process_1 = child_of(container->pid);
    assert_int_equal(zombies_among(process_1, 2), 0); /* the command and the orphan */
    say(container, "\n");
    assert_int_equal(zombies_among(process_1, 1), 0);
    kill(container->pid, SIGTERM);
    assert_int_equal(finish(container), 128 + SIGTERM);
}

/*
 * Before step05, process 1 becomes the command. Here it keeps what it was started with. Nobody
 * inside may look at it, and its words, which all may read, are wiped.
 */
static void process_1_shows_no_secret_of_the_caller(void **state)
{
    setenv("SECRET_TOKEN", "hunter2", 1);
    int status = run("step05", "--env", "PASSWORD=hunter3", "--cap-add", "sys_ptrace",
                     SHELL("cat /proc/1/cmdline; cat /proc/1/environ"));
    unsetenv("SECRET_TOKEN");
    assert_string_equal(out, "step05");
    assert_int_not_equal(status, 0);
    assert_contains(err, "Permission denied");
}

static void process_1_has_no_memory_that_can_be_opened(void **state)
{
    static const char script[] = "for file in mem maps environ auxv; do "
                                 "! true </proc/1/$file || echo $file; done; true </proc/self/mem";

    assert_int_equal(run("step05", "--cap-add", "sys_ptrace", SHELL(script)), 0);
    assert_string_equal(out, "");
}

static struct program *start_sleep(const char *step)
{
    struct program *container =
        start(step, fixture.image, "sh", "-c", "echo ready; exec /bin/sleep 1000");

    hear(container, "ready\n");
    return container;
}

static void process_1_passes_a_signal_on_once_it_is_an_init(void **state)
{
    struct program *container = start_sleep(step_before());
    pid_t process_1 = child_of(container->pid);

    kill(process_1, SIGTERM);
    usleep(300000);
    assert_int_equal(kill(process_1, 0), 0);
    assert_false(is_zombie(process_1));
    kill(process_1, SIGKILL);
    assert_int_equal(finish(container), 128 + SIGKILL);

    container = start_sleep("step05");
    kill(child_of(container->pid), SIGTERM);
    assert_int_equal(finish(container), 128 + SIGTERM);
    assert_string_equal(complaints(), "");
}

/* It ends within the time that it is given. */
static void sleep_ends_at_sigterm_and_needs_no_sigkill(void **state)
{
    struct program *container = start_sleep(step_before());

    kill(container->pid, SIGTERM);
    assert_int_equal(finish(container), 128 + SIGKILL);
    assert_contains(err, " did not end when asked to; killing it\n");
    container = start_sleep("step05");
    kill(container->pid, SIGTERM);
    assert_int_equal(finish(container), 128 + SIGTERM);
    assert_string_equal(complaints(), "");
}

static void a_signal_to_process_1_from_inside_counts_too(void **state)
{
    assert_int_equal(run(step_before(), fixture.image, "sh", "-c", "kill -TERM 1; echo alive"), 0);
    assert_string_equal(out, "alive\n");
    assert_int_equal(run("step05", fixture.image, "sh", "-c", "kill -TERM 1; /bin/sleep 1000"),
                     128 + SIGTERM);
}

static void the_command_is_process_2(void **state)
{
    assert_int_equal(run(step_before(), fixture.image, "sh", "-c", "echo $$"), 0);
    assert_string_equal(out, "1\n");
    assert_int_equal(run("step05", fixture.image, "sh", "-c", "echo $$"), 0);
    assert_string_equal(out, "2\n");
}

static void the_end_of_the_command_is_that_of_all(void **state)
{
    assert_int_equal(
        run("step05", fixture.image, "sh", "-c", "/bin/sleep 1000 & /bin/sleep 1000 & exit 7"), 7);
    assert_string_equal(complaints(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(an_orphan_stays_a_zombie_until_there_is_an_init),
        AS_EACH(process_1_passes_a_signal_on_once_it_is_an_init),
        AS_EACH(sleep_ends_at_sigterm_and_needs_no_sigkill),
        AS_EACH(a_signal_to_process_1_from_inside_counts_too),
        AS_EACH(process_1_shows_no_secret_of_the_caller),
        AS_EACH(process_1_has_no_memory_that_can_be_opened),
        AS_EACH(the_command_is_process_2),
        AS_EACH(the_end_of_the_command_is_that_of_all),
    };
    return check_run(tests);
}
