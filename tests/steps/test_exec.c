/* exec: a command that it starts in a container of step05 has what step05 gives to its own. */
#include "full.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* All that the kernel tells of a process, but its numbers and what changes while it runs. */
static const char facts[] =
    "grep -Ev '^(Tgid|Pid|PPid|FDSize|NS[a-z]*|Vm[A-Za-z]*|Rss[A-Za-z]*|Hugetlb.*|SigQ|"
    "[a-z]*voluntary_ctxt_switches):' /proc/self/status; cat /proc/self/limits /proc/self/cgroup; "
    "for fd in /proc/self/fd/*; do [ ! -e $fd ] || echo $fd; done; pwd; id; hostname; "
    "cat /proc/self/oom_score_adj /proc/self/setgroups /proc/self/uid_map /proc/mounts; "
    "for fd in 0 1 2; do tty <&$fd >/dev/null && echo terminal $fd; done; "
    "cut -d ' ' -f 7 /proc/self/stat | sed 's/^[1-9].*/has one/'; unset SHLVL; env | sort";

static struct program *container;

/* A container that tells the facts of its own command, and then waits. */
static void start_container(const char *const *options)
{
    const char *words[32] = {"step05", "--name", container_name()};
    int count = 3;

    write_file(path_in(fixture.image, "facts"), facts);
    for (; *options; options++)
        words[count++] = *options;
    words[count++] = fixture.image;
    words[count++] = "sh";
    words[count++] = "-c";
    words[count++] = "sh /facts; echo ready; read line";
    container = program_start(words);
    hear(container, "ready\n");
    *strstr(out, "ready\n") = '\0';
}
#define start_with(...) start_container((const char *const[]){__VA_ARGS__, NULL})

/* diff(1) prints the lines that differ. */
static void assert_same_facts(void)
{
    assert_contains(out, "Seccomp_filters:");
    assert_contains(out, "Max open files");
    write_file(in_fixture("wanted"), out);
    assert_int_equal(run("exec", container_name(), "sh", "/facts"), 0);
    assert_string_equal(err, "");
    write_file(in_fixture("seen"), out);
    finish(container);
    run("diff", in_fixture("wanted"), in_fixture("seen"));
    assert_string_equal(out, "");
}

static void its_command_has_all_that_step05_gives(void **state)
{
    start_container((const char *const[]){NULL});
    assert_same_facts();
}

static int count_lines(const char *text)
{
    int count = 0;

    for (; *text; text++)
        count += *text == '\n';
    return count;
}

#ifdef __i386__
enum { DOCKERS = 330 };
#else
enum { DOCKERS = 270 };
#endif

/* Docker's list lets about 270 of about 330 system calls through. i386 has 60 of them twice. */
static void it_reaches_the_same_system_calls(void **state)
{
    enum { LEFT_OUT = 7 }; /* by the probe */

    copy_probe("probe_calls");
    assert_int_equal(run("step05", fixture.image, "/probe_calls"), 0);
    assert_in_range(count_lines(out), 200, DOCKERS - LEFT_OUT);
    write_file(in_fixture("wanted"), out);
    container = start("step05", "--name", container_name(), fixture.image, "sh", "-c",
                      "echo ready; read line");
    hear(container, "ready\n");
    assert_int_equal(run("exec", container_name(), "/probe_calls"), 0);
    write_file(in_fixture("seen"), out);
    finish(container);
    run("diff", in_fixture("wanted"), in_fixture("seen"));
    assert_string_equal(out, "");
}

static void it_has_the_capabilities_of_this_container(void **state)
{
    start_with("--cap-drop", "all", "--cap-add", "chown", "--cap-add", "sys_ptrace");
    assert_contains(out, "CapBnd:\t0000000000080001\n");
    assert_same_facts();
}

static void it_has_the_user_of_this_container(void **state)
{
    start_with("--user", "student:8", "--read-only");
    assert_contains(out, "Uid:\t1000\t1000\t1000\t1000\n");
    assert_same_facts();
}

static void lower_limits(void)
{
    struct rlimit few = {200, 300}, some = {7, 9};

    setrlimit(RLIMIT_NOFILE, &few);
    setrlimit(RLIMIT_SIGPENDING, &some);
}

/* Also those that step05 leaves alone. */
static void it_has_the_limits_of_this_container(void **state)
{
    fixture.prepare = lower_limits;
    start_container((const char *const[]){NULL});
    fixture.prepare = NULL;
    assert_same_facts();
}

static void it_has_the_core_limit_of_step05_by_sudo_too(void **state)
{
    start_container((const char *const[]){NULL});
    fixture.prepare = forbid_core_files;
    assert_int_equal(run("exec", container_name(), "sh", "-c", CORE_LIMITS), 0);
    fixture.prepare = NULL;
    assert_string_equal(out, core_limits());
    finish(container);
}

static void it_takes_over_no_priority_of_its_caller(void **state)
{
    start_container((const char *const[]){NULL});
    fixture.prepare = take_priorities;
    assert_int_equal(run("exec", container_name(), "sh", "-c", PRIORITIES), 0);
    fixture.prepare = NULL;
    assert_string_equal(out, NO_PRIORITY);
    finish(container);
}

static void close_stdout(void)
{
    close(STDOUT_FILENO);
}

static void close_stderr(void)
{
    close(STDERR_FILENO);
}

/* As 1<FILE does. */
static void make_stdout_an_input(void)
{
    dup2(open(in_fixture("other"), O_RDONLY), STDOUT_FILENO);
}

/* As 0>FILE does. */
static void make_stdin_an_output(void)
{
    dup2(open(in_fixture("other"), O_WRONLY), STDIN_FILENO);
}

/* Nobody reads the report of who has closed stderr. */
static bool is_refused(void (*prepare)(void))
{
    fixture.prepare = prepare;
    int status = finish(start("exec", container_name(), "echo", "out")); /* run() needs /dev/null */
    fixture.prepare = NULL;
    return status == 125 && (prepare == close_stderr ||
                             strstr(err, "exec: /dev/null is not the device 1:3: ENODEV"));
}

/* A descriptor that is closed or of no use becomes /dev/null, which may be something else. */
static bool are_all_refused(const char *in_its_place)
{
    static void (*const ways[])(void) = {close_stdout, close_stderr, make_stdout_an_input,
                                         make_stdin_an_output};
    bool all = true;

    assert_int_equal(chmod(in_its_place, 0666), 0);
    assert_int_equal(mount(in_its_place, "/dev/null", NULL, MS_BIND, NULL), 0);
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
        all = is_refused(ways[i]) && all;
    umount2("/dev/null", MNT_DETACH);
    return all;
}

static void what_is_in_the_place_of_null_gets_nothing(void **state)
{
    char place[PATH_MAX];

    if (geteuid() != 0)
        check_skip("needs root, to cover a device: sudo make test");
    start_container((const char *const[]){NULL});
    write_file(in_fixture("other"), "");
    assert_int_equal(chmod(in_fixture("other"), 0666), 0);
    snprintf(place, sizeof(place), "%s", in_fixture("file"));
    write_file(place, "");
    assert_true(are_all_refused(place));
    assert_string_equal(read_file(place), "");
    snprintf(place, sizeof(place), "%s", in_fixture("fifo"));
    assert_int_equal(mkfifo(place, 0600), 0); /* to open it could wait for ever */
    assert_true(are_all_refused(place));
    finish(container);
}

static void it_has_a_terminal_of_the_containers_own(void **state)
{
    start_container((const char *const[]){NULL});
    struct program *guest =
        start_on_terminal("exec", container_name(), "sh", "-c", "tty; sh /facts; read line");

    hear(guest, "/dev/pts/0\r\n");
    hear(guest, "terminal 0\r\nterminal 1\r\nterminal 2\r\nhas one\r\n");
    say(guest, "\n");
    assert_int_equal(finish(guest), 0);
    finish(container);
}

/* Each name leads to what a process of the container sees, in the files of process 1's child. */
static void it_is_in_the_namespaces_of_the_container(void **state)
{
    static const char script[] = "for n in user mnt uts ipc net pid; do "
                                 "[ $(readlink /proc/2/ns/$n) = $(readlink /proc/self/ns/$n) ] "
                                 "|| echo $n; done; ls /proc/1/root/ >/dev/null; echo seen";

    start_container((const char *const[]){NULL});
    assert_int_equal(run("exec", container_name(), "sh", "-c", script), 0);
    assert_string_equal(out, "seen\n");
    assert_contains(err, "ermission denied"); /* process 1 */
    finish(container);
}

static void it_is_in_the_cgroup_of_the_container(void **state)
{
    start_container((const char *const[]){NULL});
    struct program *guest = start("exec", container_name(), "sh", "-c", "echo ready; read line");
    hear(guest, "ready\n");
    pid_t command = child_of(guest->pid);
    assert_true(is_in(memory_cgroup(), command));
    assert_true(is_in(cpu_cgroup(), command));
    assert_true(is_in(pids_cgroup(), command));
    assert_false(is_in(pids_cgroup(), guest->pid)); /* the end of the container is not its end */
    assert_int_equal(finish(guest), 1);
    finish(container);
}

static void it_returns_the_commands_status(void **state)
{
    start_container((const char *const[]){NULL});
    assert_int_equal(run("exec", container_name(), "sh", "-c", "exit 5"), 5);
    assert_int_equal(run("exec", container_name(), "no-such-command"), 127);
    assert_int_equal(run("exec", container_name(), "/etc"), 126);
    assert_int_equal(run("exec", container_name(), "sh", "-c", "kill -9 $$"), 128 + SIGKILL);
    assert_int_equal(run("exec", container_name(), "sh", "-c", "kill -TERM $$"), 128 + SIGTERM);
    finish(container);
}

static void it_takes_an_environment_a_folder_and_a_user(void **state)
{
    start_with("--env", "ONE=1");
    assert_int_equal(run("exec", "--env", "TWO=2", "--workdir", "/etc", container_name(), "sh",
                         "-c", "pwd; env | grep -E '^(ONE|TWO)='"),
                     0);
    assert_string_equal(out, "/etc\nTWO=2\n");
    assert_int_equal(run("exec", "--workdir", "/nothing", container_name(), "true"), 125);
    if (!fixture.as_user) {
        assert_int_equal(run("exec", "--user", "5:6", container_name(), "sh", "-c",
                             "id -u; id -g; grep CapEff /proc/self/status"),
                         0);
        assert_string_equal(out, "5\n6\nCapEff:\t0000000000000000\n");
        assert_int_equal(run("exec", "-u", "student:tty", container_name(), "--", "sh", "-c",
                             "id -u; id -g; echo $HOME"),
                         0);
        assert_string_equal(out, "1000\n5\n/tmp\n");
    }
    setenv("CALLERS", "one", 1);
    assert_int_equal(run("exec", "-e", "CALLERS", "-e", "PATH=/x:/bin", "-u", "root", "-w/etc",
                         container_name(), "sh", "-c", "echo $CALLERS $HOME $PATH"),
                     0);
    unsetenv("CALLERS");
    assert_string_equal(out, "one /root /x:/bin\n");
    assert_int_equal(run("exec", "-u", "nemo", container_name(), "true"), 125);
    assert_contains(err, "exec: find the user nemo in /etc/passwd of the image: ENOENT");
    assert_int_equal(run("exec", "-e", "PATH=/x", container_name(), "true"), 127);
    finish(container);
}

static void it_passes_signals_on(void **state)
{
    start_container((const char *const[]){NULL});
    struct program *guest = start("exec", container_name(), "sleep", "1000");
    wait_for_descendant(guest->pid, "sleep");
    kill(guest->pid, SIGTERM);
    assert_int_equal(finish(guest), 128 + SIGTERM);
    finish(container);
}

/* It becomes a child of this test, which takes its status. Until then the container cannot end. */
static void its_command_ends_with_it(void **state)
{
    int status = 0;

    start_container((const char *const[]){NULL});
    struct program *guest = start("exec", container_name(), "sleep", "1000");
    pid_t command = wait_for_descendant(guest->pid, "sleep");
    stop(guest);
    for (int i = 0; i < 300 && waitpid(command, &status, WNOHANG) == 0; i++)
        usleep(10000);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    finish(container);
}

static void its_command_ends_with_the_container(void **state)
{
    start_container((const char *const[]){NULL});
    struct program *guest = start("exec", container_name(), "sleep", "1000");
    wait_for_descendant(guest->pid, "sleep");
    finish(container);
    assert_int_equal(finish(guest), 128 + SIGKILL);
    assert_string_equal(err, "");
}

static void a_command_that_handles_ctrl_c_goes_on(void **state)
{
    start_container((const char *const[]){NULL});
    struct program *guest =
        start_on_terminal("exec", container_name(), "sh", "-c",
                          "trap 'echo caught' INT; echo begun; i=0; "
                          "while [ $i -lt 35 ]; do i=$((i+1)); sleep 0.1; done; exit 3");
    hear(guest, "begun\r\n");
    say(guest, "\003");
    hear(guest, "caught\r\n");
    assert_int_equal(finish(guest), 3); /* later than the grace */
    finish(container);
}

/* Its words and the caller's variables: a process of the container sees it before its exec(2). */
static void process_1_does_not_tell_the_words_of_the_caller(void **state)
{
    start_with("--env", "TOKEN=hunter2");
    assert_int_equal(run("exec", container_name(), "sh", "-c", "tr '\\0' ' ' </proc/1/cmdline"), 0);
    assert_int_equal(strncmp(out, "step05 ", strlen("step05 ")), 0);
    assert_int_equal(strspn(out + strlen("step05"), " "), strlen(out) - strlen("step05"));
    assert_int_not_equal(run("exec", container_name(), "cat", "/proc/1/environ"), 0);
    assert_contains(err, "Permission denied");
    finish(container);
}

/* What the caller left open in the launcher is not the container's. */
static void namespaces_that_the_launcher_was_started_with_do_not_mislead(void **state)
{
    container = start("sh", "-c",
                      "exec 3</proc/self/ns/user 4</proc/self/ns/mnt 5</proc/self/ns/net "
                      "6</proc/self/ns/pid; exec \"$@\"",
                      "sh", path_in(fixture.programs, "step05"), "--name", container_name(),
                      SHELL("hostname; echo ready; read line"));
    hear(container, "ready\n");
    assert_int_equal(run("exec", container_name(), "sh", "-c",
                         "hostname; cut -d : -f 1 -s /proc/net/dev; [ -e /proc/2 ]"),
                     0);
    assert_contains(out, container_name());
    assert_contains(out, "\n    lo\n");
    finish(container);
}

static void a_container_of_an_earlier_step_is_for_join(void **state)
{
    container = start("step03", "--name", container_name(), SHELL("echo ready; read line"));
    hear(container, "ready\n");
    assert_int_equal(run("exec", container_name(), "id"), 125);
    assert_string_equal(out, "");
    assert_contains(err, " does not have the filters of step05: EPERM (Operation not permitted)\n");
    assert_contains(err, "exec: hint: ");
    assert_contains(err, "build/join ");
    finish(container);
}

static void a_user_does_not_enter_what_is_roots(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root, for a container of root's: sudo make test");
    fixture.as_user = false;
    start_container((const char *const[]){NULL});
    fixture.as_user = true;
    assert_int_equal(run("exec", container_name(), "id"), 125);
    assert_contains(err, "EACCES");
    finish(container);
}

static void a_name_that_does_not_run_is_told_so(void **state)
{
    assert_int_equal(run("exec", "nobody", "true"), 125);
    assert_contains(err, "/nobody/pid: ENOENT (No such file or directory)\n");
    assert_int_equal(run("exec", "--", "../web", "true"), 2); /* no name at all */
    assert_int_equal(run("exec", "1 2", "true"), 2);
    assert_string_equal(out, "");
}

/* It still has the terminal, and ignores that its session has ended. */
static void what_stays_in_the_background_keeps_nobody_waiting(void **state)
{
    container = start("step05", "--name", container_name(), fixture.image, "sh", "-c",
                      "echo ready; read line");
    hear(container, "ready\n");
    struct program *guest = start_on_terminal("exec", container_name(), "sh", "-c",
                                              "trap '' HUP; sleep 1000 & echo hi; exit 3");

    assert_int_equal(finish(guest), 3);
    assert_contains(out, "hi\r\n");
    finish(container);
}

static void a_wrong_call_prints_the_usage(void **state)
{
    assert_int_equal(run("exec"), 2);
    assert_contains(err, "exec: NAME is missing\nusage: exec [OPTIONS] NAME [COMMAND [ARG...]]");
    assert_int_equal(run("exec", "--no-such-option", "name"), 2);
    assert_int_equal(run("exec", "-h"), 0);
    assert_contains(out, "--env NAME[=VALUE]");
    for (const char *line = out; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 1, 80);
}

/* In v2 a user may move a process only inside of what is delegated to the user. */
static void outside_of_the_delegated_part_it_refuses(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root, to delegate a part to a user: sudo make test");
    if (!is_in_v2("memory"))
        check_skip("needs cgroup v2");
    const char *outer = make_outer_cgroup();
    shell("cd '%s' && chown %u . cgroup.procs cgroup.subtree_control", outer, ordinary_uid());
    fixture.prepare = enter_outer_cgroup;
    start_with("--memory", "64M");
    fixture.prepare = NULL;
    assert_int_equal(run("exec", container_name(), "id"), 125);
    assert_string_equal(out, "");
    assert_contains(err, "exec: move into the cgroup of the container: EACCES");
    assert_contains(err, "systemd-run --user --scope -p Delegate=yes build/exec ");
    finish(container);
    remove_outer_cgroup();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(its_command_has_all_that_step05_gives),
        AS_EACH(it_has_the_capabilities_of_this_container),
        AS_ROOT(what_stays_in_the_background_keeps_nobody_waiting),
        AS_USER(what_stays_in_the_background_keeps_nobody_waiting),
        AS_ROOT(it_reaches_the_same_system_calls),
        AS_USER(it_reaches_the_same_system_calls),
        AS_ROOT(it_has_the_user_of_this_container),
        AS_EACH(it_has_the_limits_of_this_container),
        AS_EACH(it_has_the_core_limit_of_step05_by_sudo_too),
        AS_EACH(it_takes_over_no_priority_of_its_caller),
        AS_EACH(what_is_in_the_place_of_null_gets_nothing),
        AS_EACH(it_has_a_terminal_of_the_containers_own),
        AS_EACH(it_is_in_the_namespaces_of_the_container),
        AS_ROOT(it_is_in_the_cgroup_of_the_container),
        AS_EACH(it_returns_the_commands_status),
        AS_EACH(it_takes_an_environment_a_folder_and_a_user),
        AS_EACH(it_passes_signals_on),
        AS_EACH(its_command_ends_with_it),
        AS_EACH(its_command_ends_with_the_container),
        AS_EACH(a_command_that_handles_ctrl_c_goes_on),
        AS_EACH(process_1_does_not_tell_the_words_of_the_caller),
        AS_EACH(namespaces_that_the_launcher_was_started_with_do_not_mislead),
        AS_EACH(a_container_of_an_earlier_step_is_for_join),
        AS_USER(a_user_does_not_enter_what_is_roots),
        AS_EACH(a_name_that_does_not_run_is_told_so),
        AS_EACH(a_wrong_call_prints_the_usage),
        AS_USER(outside_of_the_delegated_part_it_refuses),
    };
    return check_run(tests);
}
