/* A container is a job of an interactive shell of the host, and they share a terminal. */
#include "harness.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CTRL_Z "\032"

static struct program *start_outer_shell(void)
{
    setenv("PS1", "outer> ", 1);
    struct program *outer = start_on_terminal("sh", "-i");

    hear(outer, "outer> ");
    return outer;
}

static void end_outer_shell(struct program *outer)
{
    hear(outer, "outer> ");
    say(outer, "exit\n");
    assert_int_equal(finish(outer), 0);
}

static void run_inside(struct program *outer, const char *command)
{
    char line[1024];

    snprintf(line, sizeof(line), "%s/%s %s %s\n", fixture.programs, fixture.step, fixture.image,
             command);
    say(outer, line);
}

static void the_callers_shell_gets_its_terminal_back(void **state)
{
    struct program *outer = start_outer_shell();
    struct termios before = {0}, after = {0};

    tcgetattr(outer->in, &before);
    run_inside(outer, "; echo status=$?");
    type(outer, "exit 6\n");
    hear(outer, "status=6\r\n");
    hear(outer, "outer> ");
    tcgetattr(outer->in, &after);
    assert_memory_equal(&before, &after, sizeof(before));
    say(outer, "read line; echo got $line\nword\n");
    hear(outer, "got word\r\n");
    end_outer_shell(outer);
}

/* In step05 the terminal is the container's own. There only the shell inside handles jobs. */
static void ctrl_z_stops_a_container_unless_it_has_its_own_terminal(void **state)
{
    struct program *outer = start_outer_shell();
    bool own_terminal = strcmp(fixture.step, "step05") == 0;

    run_inside(outer, "sh -c '/bin/sleep 1; echo do''ne'");
    wait_for_descendant(outer->pid, "sleep");
    say(outer, CTRL_Z);
    if (!own_terminal) {
        hear(outer, "outer> ");
        say(outer, "fg\n");
    }
    hear(outer, "done\r\n");
    end_outer_shell(outer);
}

/* As after chroot(8): the shell sees that its child died of SIGINT. */
static void ctrl_c_ends_a_loop_of_containers(void **state)
{
    struct program *outer = start_outer_shell();
    char line[1024];

    snprintf(line, sizeof(line), "for i in 1 2 3; do %s/%s %s /bin/sleep 1000; done\n",
             fixture.programs, fixture.step, fixture.image);
    say(outer, line);
    wait_for_descendant(outer->pid, "sleep");
    say(outer, "\003");
    hear(outer, "outer> ");
    say(outer, "echo the lo''op is over\n");
    hear(outer, "the loop is over\r\n");
    end_outer_shell(outer);
}

static void an_exit_status_of_130_does_not_end_a_loop(void **state)
{
    struct program *outer = start_outer_shell();
    char line[1024];

    snprintf(line, sizeof(line),
             "for i in 1 2 3; do %s/%s %s sh -c 'exit 130'; echo no''. $i; done\n",
             fixture.programs, fixture.step, fixture.image);
    say(outer, line);
    hear(outer, "no. 3\r\n");
    end_outer_shell(outer);
}

static void a_job_in_the_background_leaves_the_terminal_alone(void **state)
{
    struct program *outer = start_outer_shell();

    run_inside(outer, "sh -c 'read word; echo got $word' &");
    wait_for_descendant(outer->pid, "sh");
    hear(outer, "outer> ");
    say(outer, "echo for the out''er shell\n");
    hear(outer, "for the outer shell\r\n");
    hear(outer, "outer> ");
    say(outer, "fg\n");
    hear(outer, "read word");
    usleep(500000); /* step05 looks for the terminal 5 times a second */
    say(outer, "it\n");
    hear(outer, "got it\r\n");
    end_outer_shell(outer);
}

static void a_job_in_the_background_can_be_ended(void **state)
{
    struct program *outer = start_outer_shell();

    run_inside(outer, "/bin/sleep 1000 &");
    wait_for_descendant(outer->pid, "sleep");
    hear(outer, "outer> ");
    say(outer, "kill %1; wait %1; echo en''ded\n");
    hear(outer, "ended\r\n");
    end_outer_shell(outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(the_callers_shell_gets_its_terminal_back),
        STEP_AS_ROOT("step05", a_job_in_the_background_leaves_the_terminal_alone),
        STEP_AS_USER("step05", a_job_in_the_background_leaves_the_terminal_alone),
        EVERY_STEP(ctrl_c_ends_a_loop_of_containers),
        EVERY_STEP(an_exit_status_of_130_does_not_end_a_loop),
        EVERY_STEP(a_job_in_the_background_can_be_ended),
        EVERY_STEP(ctrl_z_stops_a_container_unless_it_has_its_own_terminal),
    };
    return check_run(tests);
}
