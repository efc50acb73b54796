/* join: it runs a command in the namespaces of a container. */
#include "harness.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct program *start_container(void)
{
    struct program *container = start("step03", "--name", container_name(), fixture.image, "sh",
                                      "-c", "echo written inside >/file; echo ready; read line");

    hear(container, "ready\n");
    return container;
}

static void join_finds_a_container_by_name(void **state)
{
    struct program *container = start_container();

    assert_int_equal(run("join", container_name(), "sh", "-c", "cat /file; pwd; id -u; hostname"),
                     0);
    assert_contains(out, "written inside\n/\n0\n");
    assert_contains(out, container_name());
    assert_string_equal(err, "");
    finish(container);
}

static void join_finds_a_container_by_pid(void **state)
{
    struct program *container = start_container();
    char pid[32];

    snprintf(pid, sizeof(pid), "%d", child_of(container->pid));
    assert_int_equal(run("join", pid, "cat", "/file"), 0);
    assert_string_equal(out, "written inside\n");
    finish(container);
}

static void join_sees_and_signals_what_is_inside(void **state)
{
    struct program *container = start_container();

    assert_int_equal(
        run("join", container_name(), "sh", "-c", "echo /proc/[0-9]*; kill -9 1; kill -1 1"), 0);
    assert_contains(out, "/proc/1 ");
    assert_int_equal(strspn(strchr(out, ' '), " /proc0123456789\n"), strlen(strchr(out, ' ')));
    assert_int_equal(finish(container), 1); /* it went on: read found the end of its input */
}

static void join_has_the_network_and_the_ids_of_the_container(void **state)
{
    static const char script[] =
        "for n in user mnt uts ipc net pid; do "
        "[ $(readlink /proc/1/ns/$n) = $(readlink /proc/self/ns/$n) ] || echo $n; done; "
        "cut -d : -f 1 -s /proc/net/dev";
    struct program *container = start_container();

    assert_int_equal(run("join", container_name(), "sh", "-c", script), 0);
    assert_string_equal(out, "    lo\n");
    finish(container);
}

static void join_returns_the_commands_status(void **state)
{
    struct program *container = start_container();

    assert_int_equal(run("join", container_name(), "sh", "-c", "exit 5"), 5);
    assert_int_equal(run("join", container_name(), "no-such-command"), 127);
    assert_int_equal(run("join", container_name(), "/etc"), 126);
    assert_int_equal(run("join", container_name(), "sh", "-c", "kill -9 $$"), 128 + SIGKILL);
    finish(container);
}

static void join_keeps_the_callers_secrets_outside(void **state)
{
    struct program *container = start_container();
    char prompt[64];

    assert_int_equal(run("join", container_name(), "env"), 0);
    snprintf(prompt, sizeof(prompt), "PS1=%s-# \n", container_name());
    assert_contains(out, prompt);
    assert_lacks(out, fixture.dir);
    finish(container);
}

static void join_passes_signals_on(void **state)
{
    struct program *container = start_container();
    struct program *guest = start("join", container_name(), "sleep", "1000");

    wait_for_descendant(guest->pid, "sleep");
    kill(guest->pid, SIGTERM);
    assert_int_equal(finish(guest), 128 + SIGTERM);
    finish(container);
}

static void a_guest_ends_with_the_container(void **state)
{
    struct program *container = start_container();
    struct program *guest = start("join", container_name(), "sleep", "1000");

    wait_for_descendant(guest->pid, "sleep");
    finish(container);
    assert_int_equal(finish(guest), 128 + SIGKILL);
}

static void a_name_that_does_not_run_is_told_so(void **state)
{
    assert_int_equal(run("join", "nobody", "true"), 125);
    assert_contains(err, "/nobody/pid: ENOENT (No such file or directory)\n");
    assert_contains(err, "join: hint: no container of that name runs here; --scratch DIR");
    assert_string_equal(out, "");
}

static void scratch_says_where_to_look(void **state)
{
    struct program *container = start_container();
    char scratch[FIXTURE_PATH];

    snprintf(scratch, sizeof(scratch), "%s", fixture.scratch);
    assert_int_equal(run("join", "--scratch", fixture.dir, container_name(), "true"), 125);
    assert_int_equal(run("join", "--scratch", scratch, container_name(), "true"), 0);
    finish(container);
}

static void a_name_that_is_none_is_refused(void **state)
{
    static const char *const bad[] = {"../web", "a/b", "..", "-1", "0", "99999999999999999999"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        int status = run("join", "--", bad[i], "true");
        assert_true(status == 125 || status == 2);
        assert_contains(err, "join: ");
        assert_string_equal(out, "");
    }
}

static void a_wrong_call_prints_the_usage(void **state)
{
    assert_int_equal(run("join"), 2);
    assert_contains(err, "join: PID|NAME is missing\nusage: join [OPTIONS] PID|NAME [COMMAND");
    assert_int_equal(run("join", "--no-such-option", "name"), 2);
    assert_int_equal(run("join", "-h"), 0);
}

static void a_pid_that_is_no_process_is_told_so(void **state)
{
    assert_int_equal(run("join", "4194304", "true"), 125); /* one more than there can be */
    assert_contains(err, "/proc/4194304/root: ENOENT (No such file or directory)\n");
}

static void a_process_outside_of_all_containers_is_told_so(void **state)
{
    struct program *bystander = start("sleep", "1000");
    char pid[32];

    wait_for_descendant(getpid(), "sleep"); /* now the process is the user's */
    snprintf(pid, sizeof(pid), "%d", bystander->pid);
    assert_int_equal(run("join", pid, "true"), 125);
    assert_contains(err, "EINVAL (Invalid argument)\n");
    assert_contains(err, "join: hint: process ");
    stop(bystander);
}

static void a_user_does_not_join_what_is_roots(void **state)
{
    struct program *container;
    char pid[32];

    if (geteuid() != 0)
        check_skip("needs root, for a container of root's: sudo make test");
    fixture.as_user = false;
    container = start_container();
    fixture.as_user = true;
    snprintf(pid, sizeof(pid), "%d", child_of(container->pid));
    assert_int_equal(run("join", pid, "id"), 125);
    assert_string_equal(out, "");
    assert_int_equal(run("join", container_name(), "id"), 125);
    assert_contains(err, "EACCES");
    finish(container);
}

#define BOTH(test) AS_ROOT(test), AS_USER(test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(join_finds_a_container_by_name),
        BOTH(join_finds_a_container_by_pid),
        BOTH(join_sees_and_signals_what_is_inside),
        BOTH(join_has_the_network_and_the_ids_of_the_container),
        BOTH(join_returns_the_commands_status),
        BOTH(join_keeps_the_callers_secrets_outside),
        BOTH(join_passes_signals_on),
        BOTH(a_guest_ends_with_the_container),
        BOTH(a_name_that_does_not_run_is_told_so),
        BOTH(scratch_says_where_to_look),
        BOTH(a_name_that_is_none_is_refused),
        BOTH(a_wrong_call_prints_the_usage),
        BOTH(a_pid_that_is_no_process_is_told_so),
        BOTH(a_process_outside_of_all_containers_is_told_so),
        AS_USER(a_user_does_not_join_what_is_roots),
    };
    return check_run(tests);
}
