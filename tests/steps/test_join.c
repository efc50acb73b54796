/* join: it runs a command in the namespaces of a container. */
#include "harness.h"

#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

/* A number that is no container's name is a process's. */
static void a_name_may_be_a_number(void **state)
{
    struct program *container =
        start("step03", "--name", "4194304", fixture.image, "sh", "-c", "echo ready; read line");

    hear(container, "ready\n");
    assert_int_equal(run("join", "4194304", "hostname"), 0);
    assert_string_equal(out, "4194304\n");
    finish(container);
    assert_int_equal(run("join", "4194304", "hostname"), 125);
    assert_contains(err, "join: pidfd_open of process 4194304: ESRCH");
}

/* Root, too, believes no folder of another user. */
static void that_a_number_is_anothers_container_is_told(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root: sudo make test");
    struct program *container =
        start("step03", "--name", "4194304", fixture.image, "sh", "-c", "echo ready; read line");
    hear(container, "ready\n");
    fixture.as_user = false;
    int status = run("join", "4194304", "hostname");
    fixture.as_user = true;
    assert_int_equal(status, 125);
    assert_contains(err, "join: pidfd_open of process 4194304: ESRCH");
    assert_contains(err, "join: hint: the container of the name 4194304 is another user's");
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
    assert_contains(err, "pidfd_open of process 4194304: ESRCH (No such process)\n");
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

static void take_groups(void)
{
    const gid_t groups[] = {0, 1, 4711};

    if (setgroups(3, groups) < 0)
        _exit(99);
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
    assert_contains(err, "/root: EACCES (Permission denied)\n");
    assert_contains(err, "join: hint: the process is another user's: be that user, or root\n");
    assert_int_equal(run("join", container_name(), "id"), 125);
    assert_contains(err, "EACCES");
    assert_contains(err, "join: hint: it is another user's");
    finish(container);
}

/* Such a container has one group, and nobody in it may leave another. Root leaves its own before.
 */
static void root_joins_what_is_a_users_without_its_groups(void **state)
{
    static const char script[] = "id -u; id -g; grep Groups: /proc/self/status";
    char pid[32];

    if (geteuid() != 0)
        check_skip("needs root: sudo make test");
    struct program *container = start_container();
    fixture.as_user = false;
    fixture.prepare = take_groups;
    snprintf(pid, sizeof(pid), "%d", child_of(container->pid));
    int status = run("join", pid, "sh", "-c", script);
    fixture.prepare = NULL;
    fixture.as_user = true;
    assert_int_equal(status, 0);
    assert_string_equal(out, "0\n0\nGroups:\t \n");
    finish(container);
}

static void assert_refused(const char *container, const char *guard)
{
    assert_int_equal(run("join", container, "sh", "-c", "echo entered"), 125);
    assert_string_equal(out, "");
    assert_contains(err, guard);
    assert_contains(err, ": EPERM (Operation not permitted)\n");
    assert_contains(err, "join: hint: only a program that sets the container's guards again");
}

/* Whatever was in the image would start with all capabilities, on the caller's own terminal. */
static void a_guarded_container_is_not_joined(void **state)
{
    struct program *container = start("step05", "--name", container_name(), fixture.image, "sh",
                                      "-c", "echo ready; read line");
    char pid[32];

    hear(container, "ready\n");
    assert_refused(container_name(), "it has a filter of system calls");
    snprintf(pid, sizeof(pid), "%d", child_of(container->pid));
    assert_refused(pid, "it has a filter of system calls");
    finish(container);
}

/* A signal comes into effect a moment later. Until then the process may become another program. */
static void wait_until_stopped(pid_t pid)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    while (!strstr(read_file(path), "State:\tT"))
        usleep(1000);
}

/* Stops process 1 as soon as its pid file is there. Returns its pid. */
static pid_t stop_process_1(void)
{
    char path[FIXTURE_PATH + 64];
    const char *text = NULL;

    snprintf(path, sizeof(path), "%s/%s/pid", fixture.scratch, container_name());
    while (!text || !strchr(text, '\n'))
        text = read_file(path);
    pid_t pid = (pid_t)strtol(text, NULL, 10);
    kill(pid, SIGSTOP);
    wait_until_stopped(pid);
    return pid;
}

static bool runs_the_launchers_file(pid_t pid, const char *step)
{
    char path[64], file[PATH_MAX] = "";

    snprintf(path, sizeof(path), "/proc/%d/exe", pid);
    return readlink(path, file, sizeof(file) - 1) > 0 && strstr(file, step);
}

/* Process 1 would still have the host's root, or that of the image and no guard yet. */
static void a_container_that_is_being_made_is_not_joined(void **state)
{
    static const char *const steps[] = {"step03", "step05"};
    char number[16];
    int early = 0;

    for (int i = 0; i < 20; i++) {
        const char *step = steps[i % 2];
        struct program *container =
            start(step, "--name", container_name(), fixture.image, "sh", "-c", "read line");
        pid_t pid = stop_process_1();
        bool is_early = runs_the_launchers_file(pid, step);
        snprintf(number, sizeof(number), "%d", pid);
        for (int k = 0; k < 2; k++) {
            int status = run("join", k == 0 ? container_name() : number, "echo", "entered");
            if (is_early || strcmp(step, "step05") == 0) {
                assert_int_equal(status, 125);
                assert_string_equal(out, "");
            }
            early += strstr(err, "has not begun its command: EAGAIN") != NULL;
        }
        kill(pid, SIGCONT);
        finish(container);
    }
    assert_true(early > 0);
}

#define CONTAINER_OF_UNSHARE                                                                       \
    "unshare", "--user", "--map-root-user", "--mount", "--uts", "--ipc", "--net", "--pid",         \
        "--fork", "--mount-proc"

/* Containers of others: with no guard, and with one. */
static void one_guard_is_enough(void **state)
{
    static const struct {
        const char *option, *guard;
    } cases[] = {
        {"--no-new-privs", "it has no_new_privs"},
        {"--bounding-set=-chown", "it has a smaller bounding set of capabilities"},
        {NULL, NULL},
    };
    char pid[32];

    need_user_namespaces();
    if (run("setpriv", "--version") != 0 || !strstr(out, "util-linux"))
        check_skip("needs the setpriv of util-linux");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct program *container = cases[i].guard ? start(CONTAINER_OF_UNSHARE, "setpriv",
                                                           cases[i].option, "sleep", "1000")
                                                   : start(CONTAINER_OF_UNSHARE, "sleep", "1000");
        snprintf(pid, sizeof(pid), "%d", wait_for_descendant(container->pid, "sleep"));
        if (cases[i].guard)
            assert_refused(pid, cases[i].guard);
        else
            assert_int_equal(run("join", pid, "true"), 0);
        kill(atoi(pid), SIGKILL);
        finish(container);
    }
}

/* In this one /proc is the container's, where the command has another number. */
static void a_command_that_handles_ctrl_c_goes_on_also_with_another_proc(void **state)
{
    char pid[32];

    need_user_namespaces();
    struct program *container = start(CONTAINER_OF_UNSHARE, "sleep", "1000");
    snprintf(pid, sizeof(pid), "%d", wait_for_descendant(container->pid, "sleep"));
    struct program *guest =
        start_on_terminal("join", pid, "sh", "-c",
                          "trap 'echo caught' INT; echo begun; i=0; "
                          "while [ $i -lt 35 ]; do i=$((i+1)); sleep 0.1; done; exit 3");

    hear(guest, "begun\r\n");
    say(guest, "\003");
    hear(guest, "caught\r\n");
    assert_int_equal(finish(guest), 3); /* later than the grace */
    kill(atoi(pid), SIGKILL);
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
        BOTH(a_name_may_be_a_number),
        BOTH(a_guarded_container_is_not_joined),
        BOTH(one_guard_is_enough),
        AS_ROOT(a_container_that_is_being_made_is_not_joined),
        AS_USER(a_container_that_is_being_made_is_not_joined),
        BOTH(a_command_that_handles_ctrl_c_goes_on_also_with_another_proc),
        AS_USER(root_joins_what_is_a_users_without_its_groups),
        AS_USER(that_a_number_is_anothers_container_is_told),
        AS_USER(a_user_does_not_join_what_is_roots),
    };
    return check_run(tests);
}
