/* In step05 a container has a terminal of its own. */
#include "full.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static void it_is_the_first_of_its_own(void **state)
{
    struct program *container = start_on_terminal("step05", SHELL("tty; ls /dev/pts"));
    hear(container, "/dev/pts/0\r\n");
    hear(container, "0 ");
    hear(container, "ptmx");
    assert_int_equal(finish(container), 0);
}

static void a_pipe_stays_a_pipe(void **state)
{
    assert_int_equal(run("step05", SHELL("[ -t 0 ] || [ -t 1 ] || [ -t 2 ] || ls /dev/pts")), 0);
    assert_string_equal(out, "ptmx\n");
}

/* This holds also if only the output is the terminal: a container could read from it, too. */
static void no_descriptor_is_the_callers_terminal(void **state)
{
    static const char *const calls[] = {"</dev/null", "</dev/null >/dev/null", "2>/dev/null"};
    char script[1024];

    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        snprintf(
            script, sizeof(script),
            "%s/step05 %s sh -c 'exec 3>/dev/tty; for fd in 0 1 2; do "
            "[ ! -t $fd ] || { exec 4<&$fd; echo $fd $(tty <&4) >&3; }; done; echo ended >&3' %s",
            fixture.programs, fixture.image, calls[i]);
        struct program *container = start_on_terminal("sh", "-c", script);
        hear(container, "ended");
        assert_contains(out, "/dev/pts/0\r");
        assert_lacks(out, "not a tty");
        assert_int_equal(finish(container), 0);
    }
}

static void the_size_of_the_window_is_that_of_the_callers(void **state)
{
    struct winsize size = {.ws_row = 31, .ws_col = 71};

    struct program *container =
        start_on_terminal("step05", SHELL("echo ready; read line; stty size; "
                                          "trap 'stty size' WINCH; echo set; "
                                          "while :; do /bin/sleep 0.1; done"));
    hear(container, "ready\r\n");
    ioctl(container->in, TIOCSWINSZ, &size);
    usleep(300000);
    say(container, "\n");
    hear(container, "31 71\r\n");
    hear(container, "set\r\n");
    size.ws_col = 99;
    ioctl(container->in, TIOCSWINSZ, &size);
    hear(container, "31 99\r\n");
    stop(container);
    remove_leftovers();
}

static bool is_raw(const struct program *outer)
{
    struct termios mode;

    return tcgetattr(outer->in, &mode) == 0 && !(mode.c_lflag & (ICANON | ECHO | ISIG));
}

static pid_t first_process_of(pid_t program)
{
    pid_t pids[8];
    int count = children_of(program, pids, 8);

    for (int i = 0; i < count; i++)
        if (children_of(pids[i], &(pid_t){0}, 1) == 1)
            return pids[i];
    fail_msg("%d has no container", program);
    return -1;
}

/* step05, or only the container, is killed. An outer shell finds its terminal as it was before. */
static void assert_restored(bool kill_step05)
{
    char script[1024];

    snprintf(script, sizeof(script),
             "before=$(stty -g); %s/step05 %s sleep 1000; echo status=$?; "
             "until [ \"$(stty -g)\" = \"$before\" ]; do sleep 0.1; done; echo restored",
             fixture.programs, fixture.image);
    struct program *outer = start_on_terminal("sh", "-c", script);
    wait_for_descendant(outer->pid, "sleep");
    for (int i = 0; i < 500 && !is_raw(outer); i++)
        usleep(10000);
    assert_true(is_raw(outer));
    pid_t program = child_of(outer->pid);
    kill(kill_step05 ? program : first_process_of(program), SIGKILL);
    hear(outer, "status=137");
    hear(outer, "restored\r\n");
    assert_int_equal(finish(outer), 0);
    remove_leftovers();
}

static void the_mode_is_restored_when_the_container_is_killed(void **state)
{
    assert_restored(false);
}

static void the_mode_is_restored_when_the_program_is_killed(void **state)
{
    assert_restored(true);
}

/* Returns the process that carries the bytes: the child that has no child. */
static pid_t relay_of(pid_t program)
{
    pid_t pids[8];
    int count = children_of(program, pids, 8);

    for (int i = 0; i < count; i++)
        if (children_of(pids[i], &(pid_t){0}, 1) == 0)
            return pids[i];
    fail_msg("%d has no relay", program);
    return -1;
}

static void assert_ends_with_its_relay(const char *command, const char *status)
{
    char script[1024];

    snprintf(script, sizeof(script),
             "before=$(stty -g); %s/step05 %s sh -c '%s; exec /bin/sleep 1000'; "
             "echo status=$?; [ \"$(stty -g)\" != \"$before\" ] || echo restored",
             fixture.programs, fixture.image, command);
    struct program *outer = start_on_terminal("sh", "-c", script);
    wait_for_descendant(outer->pid, "sleep");
    kill(relay_of(child_of(outer->pid)), SIGKILL);
    hear(outer, "the process that carries the terminal was killed by signal 9\r\n");
    hear(outer, status);
    hear(outer, "restored\r\n");
    assert_int_equal(finish(outer), 0);
}

static void a_relay_that_was_killed_ends_the_container(void **state)
{
    assert_ends_with_its_relay(":", "status=129\r\n");
    assert_ends_with_its_relay("trap \"\" HUP", "status=137\r\n");
}

/* As timeout(1) and `kill %1` do it. The relay must carry what the command says last. */
static void a_signal_to_the_whole_job_loses_no_output(void **state)
{
    const int signals[] = {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
    struct program *container;

    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        container = start_on_terminal(
            "step05", SHELL("trap 'echo last wo\"\"rds; exit 3' TERM HUP USR1 USR2; echo ready; "
                            "while :; do /bin/sleep 0.1; done"));
        hear(container, "ready\r\n");
        kill(-container->pid, signals[i]);
        hear(container, "last words\r\n");
        assert_int_equal(finish(container), 3);
    }
}

static void other_signals_to_the_whole_job_leave_nothing(void **state)
{
    const int signals[] = {SIGALRM, SIGPIPE, SIGRTMIN + 2};
    struct program *container;

    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        container = start_on_terminal("step05", SHELL("echo ready; exec /bin/sleep 1000"));
        hear(container, "ready\r\n");
        kill(-container->pid, signals[i]);
        usleep(200000);
        kill(container->pid, SIGTERM);
        finish(container);
    }
}

/* As on a stalled line. The container ends, and its last output is lost. */
static void a_terminal_that_nobody_reads_does_not_hold_it(void **state)
{
    struct program *container =
        start_on_terminal("step05", SHELL("echo ready; while :; do echo more; done"));

    hear(container, "ready\r\n");
    usleep(500000);
    kill(container->pid, SIGTERM);
    for (int i = 0; i < 1000 && runs(container); i++)
        usleep(10000);
    assert_false(runs(container));
    assert_int_equal(finish(container), 128 + SIGTERM);
}

/* A change inside is not seen outside. */
static void the_callers_mode_is_out_of_reach(void **state)
{
    struct winsize size;

    struct program *container = start_on_terminal(
        "step05",
        SHELL("stty -a | head -1; stty -echo raw; stty rows 5; stty size; /bin/sleep 0.3"));
    hear(container, "5 ");
    assert_int_equal(ioctl(container->in, TIOCGWINSZ, &size), 0);
    assert_int_equal(size.ws_row, 0);
    finish(container);
}

static void assert_reads_from_terminal(const char *redirection)
{
    char line[4 * FIXTURE_PATH];

    snprintf(line, sizeof(line), "exec '%s/step05' '%s' sh -c 'read word; echo got $word' %s",
             fixture.programs, fixture.image, redirection);
    struct program *container = start_on_terminal("sh", "-c", line);
    wait_for_descendant(container->pid, "sh");
    usleep(300000);
    say(container, "it\n");
    hear(container, "got it\r\n");
    assert_int_equal(finish(container), 0);
}

/* As xargs -o does, and the other way round. The container's own terminal has both ways. */
static void a_terminal_that_can_only_be_read_will_do(void **state)
{
    assert_reads_from_terminal("</dev/tty");
    assert_reads_from_terminal("0>/dev/tty");
}

/* Starts a line of shell on a terminal: $0 is step05, $1 the image. */
static struct program *start_line(const char *line)
{
    return start_on_terminal("sh", "-c", line, path_in(fixture.programs, "step05"), fixture.image);
}

/* Others write to the terminal, too, and its flags for output are theirs. */
static void a_pipeline_keeps_the_flags_of_output(void **state)
{
    struct program *job =
        start_line("\"$0\" \"$1\" sh -c 'echo one; echo two; /bin/sleep 1' 2>/dev/null | cat");

    hear(job, "one\r\ntwo\r\n");
    assert_int_equal(finish(job), 0);
}

/* The caller's terminal adds '\r' to each line, so that of the container may not. */
static void a_line_ends_once(void **state)
{
    static const char *const lines[] = {
        "echo | \"$0\" \"$1\" seq 2",
        "echo | \"$0\" \"$1\" sh -c 'seq 2 >&2' | cat",
        "\"$0\" \"$1\" sh -c 'seq 2 >&2' | cat",
        "\"$0\" \"$1\" sh -c 'seq 2 >/dev/tty' | cat",
        "\"$0\" \"$1\" seq 2",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct program *job = start_line(lines[i]);
        hear(job, "1\r\n2\r\n");
        assert_lacks(job->text, "\r\r");
        assert_int_equal(finish(job), 0);
    }
}

/* They are for another program of the pipeline, or for the shell after it. */
static void a_pipeline_leaves_the_keys_that_the_command_does_not_read(void **state)
{
    static const char *const lines[] = {
        "\"$0\" \"$1\" sh -c 'echo ready; /bin/sleep 2' 2>/dev/null | cat; "
        "read word; echo \"<$word>\"",
        "seq 3 | \"$0\" \"$1\" sh -c 'echo ready; cat; /bin/sleep 2'; "
        "read word; echo \"<$word>\"",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct program *job = start_line(lines[i]);
        hear(job, "ready\r\n");
        say(job, "typed\n");
        hear(job, "<typed>\r\n");
        assert_int_equal(finish(job), 0);
    }
}

/* The shell waits for input in poll(2), and cat in read(2). stty changes the mode. */
static void a_pipeline_gives_the_keys_to_a_command_that_wants_them(void **state)
{
    static const char *const lines[] = {
        "\"$0\" \"$1\" sh -c 'echo ready; read word; echo \"<$word>\"' 2>/dev/null | cat",
        "\"$0\" \"$1\" sh -c 'echo ready; head -n 1 | sed \"s/.*/<&>/\"' 2>/dev/null | cat",
        "\"$0\" \"$1\" sh -c 'stty -echo; echo ready; read word; echo \"<$word>\"' 2>/dev/null | "
        "cat",
        "trap '' TTIN; "
        "\"$0\" \"$1\" sh -c 'echo ready; read word; echo \"<$word>\"' 2>/dev/null | cat",
        /* As less does, and each question for a password. */
        "seq 3 | \"$0\" \"$1\" sh -c 'echo ready; read word </dev/tty; echo \"<$word>\"'",
        "seq 3 | "
        "\"$0\" \"$1\" sh -c 'echo ready >&2; read word </dev/tty; echo \"<$word>\"' | cat",
        "\"$0\" \"$1\" sh -c 'echo ready; read word </dev/tty; echo \"<$word>\"' </dev/null",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct program *job = start_line(lines[i]);
        hear(job, "ready\r\n");
        usleep(300000);
        say(job, "typed\r");
        hear(job, "<typed>\r\n");
        assert_int_equal(finish(job), 0);
    }
}

static void ctrl_c_ends_all_of_a_pipeline(void **state)
{
    struct program *job =
        start_line("trap 'echo interrupted' INT; "
                   "\"$0\" \"$1\" sh -c 'echo ready; /bin/sleep 1000; echo no' 2>/dev/null | cat");

    hear(job, "ready\r\n");
    usleep(300000);
    say(job, "\003");
    hear(job, "interrupted\r\n");
    assert_lacks(job->text, "no\r\n");
    finish(job);
}

/* Typed before the program takes the terminal: a line, and the end of the input. */
static void what_was_typed_ahead_arrives_as_it_was_typed(void **state)
{
    struct program *job =
        start_line("echo ready; /bin/sleep 1; \"$0\" \"$1\" sed 's/.*/<&>/' 2>/dev/null; echo $?");

    hear(job, "ready\r\n");
    say(job, "typed\n\004");
    hear(job, "<typed>\r\n0\r\n");
    assert_int_equal(finish(job), 0);
}

/* As script(1) does it without a terminal of its own, on the machines that build and test. */
static void the_end_of_the_input_prints_nothing(void **state)
{
    struct program *job = start_line("echo ready; /bin/sleep 1; \"$0\" \"$1\" cat 2>/dev/null; "
                                     "echo $?");

    hear(job, "ready\r\n");
    say(job, "\004");
    assert_string_equal(hear(job, "0\r\n"), "0\r\n");
    assert_int_equal(finish(job), 0);
}

/* It is nobody's controlling terminal, so nobody gets a signal. */
static void a_terminal_that_is_gone_is_the_end_of_the_input(void **state)
{
    const char *said = in_fixture("said");

    write_file(said, "");
    assert_int_equal(chmod(said, 0666), 0);
    struct program *job = start_on_terminal(
        "sh", "-c", "setsid \"$0\" \"$1\" sh -c 'echo ready; cat; echo ended' >\"$2\"; true",
        path_in(fixture.programs, "step05"), fixture.image, said);
    for (int i = 0; i < 1000 && !strstr(read_file(said), "ready"); i++)
        usleep(10000);
    hang_up(job);
    for (int i = 0; i < 1000 && !strstr(read_file(said), "ended"); i++)
        usleep(10000);
    assert_contains(read_file(said), "ended");
    finish(job);
}

static void who_runs_in_it_can_open_its_terminal(void **state)
{
    struct program *container = start_on_terminal(
        "step05", fixture.as_user ? "--user=0" : "--user=1000",
        SHELL("echo one >/dev/stdout; echo two >/dev/tty; stat -Lc 'of %u' /dev/stdin"));

    hear(container, "one\r\ntwo\r\n");
    hear(container, fixture.as_user ? "of 0\r\n" : "of 1000\r\n");
    assert_int_equal(finish(container), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(it_is_the_first_of_its_own),
        AS_EACH(a_pipe_stays_a_pipe),
        AS_EACH(no_descriptor_is_the_callers_terminal),
        AS_ROOT(a_terminal_that_can_only_be_read_will_do),
        AS_EACH(the_size_of_the_window_is_that_of_the_callers),
        AS_EACH(the_mode_is_restored_when_the_container_is_killed),
        AS_EACH(the_mode_is_restored_when_the_program_is_killed),
        AS_EACH(a_relay_that_was_killed_ends_the_container),
        AS_EACH(a_signal_to_the_whole_job_loses_no_output),
        AS_EACH(other_signals_to_the_whole_job_leave_nothing),
        AS_EACH(a_terminal_that_nobody_reads_does_not_hold_it),
        AS_EACH(the_callers_mode_is_out_of_reach),
        AS_EACH(a_pipeline_keeps_the_flags_of_output),
        AS_EACH(a_line_ends_once),
        AS_EACH(a_pipeline_leaves_the_keys_that_the_command_does_not_read),
        AS_EACH(a_pipeline_gives_the_keys_to_a_command_that_wants_them),
        AS_EACH(ctrl_c_ends_all_of_a_pipeline),
        AS_EACH(what_was_typed_ahead_arrives_as_it_was_typed),
        AS_EACH(the_end_of_the_input_prints_nothing),
        AS_EACH(a_terminal_that_is_gone_is_the_end_of_the_input),
        AS_EACH(who_runs_in_it_can_open_its_terminal),
    };
    return check_run(tests);
}
