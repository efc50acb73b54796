/* A container on a terminal: its shell, Ctrl-C, Ctrl-Z, and a terminal that goes away. */
#include "harness.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CTRL_C "\003"
#define CTRL_D "\004"
#define CTRL_Z "\032"

/*
 * What is typed is shown too, so a test types words with quotes in them and listens for words
 * without. It waits for the prompt: a line editor drops what was typed before.
 */
static void type(struct program *inside, const char *line)
{
    hear(inside, "-# ");
    say(inside, line);
}

static void a_shell_shows_its_prompt_and_obeys(void **state)
{
    struct program *inside = start_on_terminal(lab.step, lab.image);

    (void)state;
    type(inside, "echo hel''lo\n");
    hear(inside, "hello\r\n");
    type(inside, "[ -t 0 ] && echo on a ter''minal\n");
    hear(inside, "on a terminal\r\n");
    type(inside, "exit 4\n");
    assert_int_equal(finish(inside), 4);
}

static void ctrl_d_ends_a_shell(void **state)
{
    struct program *inside = start_on_terminal(lab.step, lab.image);

    (void)state;
    type(inside, CTRL_D);
    assert_int_equal(finish(inside), 0);
}

/* Ctrl-C before that would find a stopped process, which a shell does not take for an ended one. */
static void wait_until_it_runs(pid_t pid)
{
    char path[64], state = 'T';

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    for (int i = 0; i < 1000 && state == 'T'; i++) {
        usleep(10000);
        assert_int_equal(sscanf(strrchr(read_file(path), ')'), ") %c", &state), 1);
    }
}

static void job_control_works_inside(void **state)
{
    struct program *inside = start_on_terminal(lab.step, lab.image);

    (void)state;
    type(inside, "sleep 1000\n");
    assert_lacks(inside->text, "job control turned off");
    pid_t sleep_pid = wait_for_descendant(inside->pid, "sleep");
    say(inside, CTRL_Z);
    hear(inside, "Stopped");
    type(inside, "fg\n");
    hear(inside, "fg\r\nsleep 1000\r\n");
    wait_until_it_runs(sleep_pid);
    say(inside, CTRL_C);
    type(inside, "echo status=$?\n");
    hear(inside, "status=130\r\n");
    type(inside, "exit\n");
    assert_int_equal(finish(inside), 0);
}

static void ctrl_c_ends_a_command_but_not_a_shell(void **state)
{
    struct program *inside = start_on_terminal(lab.step, lab.image);

    (void)state;
    type(inside, "sleep 1000\n");
    wait_for_descendant(inside->pid, "sleep");
    say(inside, CTRL_C);
    type(inside, CTRL_C);
    hear(inside, "-# ");
    usleep(3000000); /* longer than the grace */
    say(inside, "echo still he''re\n");
    hear(inside, "still here\r\n");
    type(inside, "exit 3\n");
    assert_int_equal(finish(inside), 3);
}

static void ctrl_c_ends_a_container_without_a_shell(void **state)
{
    struct program *container = start_on_terminal(lab.step, lab.image, "sleep", "1000");
    bool is_process_1 = strcmp(lab.step, "step03") == 0 || strcmp(lab.step, "step04") == 0;

    (void)state;
    wait_for_descendant(container->pid, "sleep");
    say(container, CTRL_C);
    assert_int_equal(finish(container), 128 + (is_process_1 ? SIGKILL : SIGINT));
}

static void a_closed_terminal_ends_it(void **state)
{
    struct program *inside = start_on_terminal(lab.step, lab.image);

    (void)state;
    hear(inside, "-# ");
    hang_up(inside);
    finish(inside);
}

static void a_closed_terminal_ends_a_command_that_does_not_care(void **state)
{
    struct program *inside =
        start_on_terminal(lab.step, lab.image, "sh", "-c", "trap '' HUP; echo ready; sleep 1000");

    (void)state;
    hear(inside, "ready\r\n");
    hang_up(inside);
    assert_int_equal(finish(inside), 128 + SIGKILL);
}

/* The rest runs as users do: from an interactive shell of the host. */
static struct program *start_outer_shell(void)
{
    setenv("PS1", "outer> ", 1);
    struct program *outer = start_on_terminal("sh", "-i");

    hear(outer, "outer> ");
    return outer;
}

static void run_inside(struct program *outer, const char *command)
{
    char line[1024];

    snprintf(line, sizeof(line), "%s/%s %s %s\n", lab.programs, lab.step, lab.image,
             command);
    say(outer, line);
}

static void the_callers_shell_gets_its_terminal_back(void **state)
{
    struct program *outer = start_outer_shell();
    struct termios before = {0}, after = {0};

    (void)state;
    tcgetattr(outer->in, &before);
    run_inside(outer, "; echo status=$?");
    type(outer, "exit 6\n");
    hear(outer, "status=6\r\n");
    hear(outer, "outer> ");
    tcgetattr(outer->in, &after);
    assert_memory_equal(&before, &after, sizeof(before));
    say(outer, "read line; echo got $line\nword\n");
    hear(outer, "got word\r\n");
    hear(outer, "outer> ");
    say(outer, "exit\n");
    assert_int_equal(finish(outer), 0);
}

/* On a terminal of its own, which step05 has, it is the shell inside that knows of jobs. */
static void ctrl_z_stops_a_container_unless_it_has_its_own_terminal(void **state)
{
    struct program *outer = start_outer_shell();
    bool own_terminal = strcmp(lab.step, "step05") == 0;

    (void)state;
    run_inside(outer, "sh -c 'sleep 1; echo do''ne'");
    wait_for_descendant(outer->pid, "sleep");
    say(outer, CTRL_Z);
    if (!own_terminal) {
        hear(outer, "outer> ");
        say(outer, "fg\n");
    }
    hear(outer, "done\r\n");
    hear(outer, "outer> ");
    say(outer, "exit\n");
    assert_int_equal(finish(outer), 0);
}

static void a_job_in_the_background_leaves_the_terminal_alone(void **state)
{
    struct program *outer = start_outer_shell();

    (void)state;
    run_inside(outer, "sh -c 'read word; echo got $word' &");
    wait_for_descendant(outer->pid, "sh");
    hear(outer, "outer> ");
    say(outer, "echo for the out''er shell\n");
    hear(outer, "for the outer shell\r\n");
    hear(outer, "outer> ");
    say(outer, "fg\n");
    hear(outer, "read word");
    usleep(500000); /* it looks for the terminal 5 times a second */
    say(outer, "it\n");
    hear(outer, "got it\r\n");
    hear(outer, "outer> ");
    say(outer, "exit\n");
    assert_int_equal(finish(outer), 0);
}

static void a_job_in_the_background_can_be_ended(void **state)
{
    struct program *outer = start_outer_shell();

    (void)state;
    run_inside(outer, "sleep 1000 &");
    wait_for_descendant(outer->pid, "sleep");
    hear(outer, "outer> ");
    say(outer, "kill %1; wait %1; echo en''ded\n");
    hear(outer, "ended\r\n");
    hear(outer, "outer> ");
    say(outer, "exit\n");
    assert_int_equal(finish(outer), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(a_shell_shows_its_prompt_and_obeys),
        EVERY_STEP(ctrl_d_ends_a_shell),
        EVERY_STEP(job_control_works_inside),
        EVERY_STEP(ctrl_c_ends_a_command_but_not_a_shell),
        EVERY_STEP(ctrl_c_ends_a_container_without_a_shell),
        EVERY_STEP(a_closed_terminal_ends_it),
        EVERY_STEP(a_closed_terminal_ends_a_command_that_does_not_care),
        EVERY_STEP(the_callers_shell_gets_its_terminal_back),
        STEP_AS_ROOT("step05", a_job_in_the_background_leaves_the_terminal_alone),
        STEP_AS_USER("step05", a_job_in_the_background_leaves_the_terminal_alone),
        EVERY_STEP(a_job_in_the_background_can_be_ended),
        EVERY_STEP(ctrl_z_stops_a_container_unless_it_has_its_own_terminal),
    };
    return check_run(tests);
}
