/* A container on a terminal: its shell, Ctrl-C, Ctrl-D and Ctrl-Z. */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CTRL_C "\003"
#define CTRL_D "\004"
#define CTRL_Z "\032"

static void a_shell_shows_its_prompt_and_obeys(void **state)
{
    struct program *inside = start_on_terminal(fixture.step, fixture.image);

    type(inside, "echo hel''lo\n");
    hear(inside, "hello\r\n");
    type(inside, "[ -t 0 ] && echo on a ter''minal\n");
    hear(inside, "on a terminal\r\n");
    type(inside, "exit 4\n");
    assert_int_equal(finish(inside), 4);
}

static void ctrl_d_ends_a_shell(void **state)
{
    struct program *inside = start_on_terminal(fixture.step, fixture.image);

    type(inside, CTRL_D);
    assert_int_equal(finish(inside), 0);
}

/* Before that, Ctrl-C would find a stopped process, and the shell would not see it end. */
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
    struct program *inside = start_on_terminal(fixture.step, fixture.image);

    type(inside, "/bin/sleep 1000\n");
    assert_lacks(inside->text, "job control turned off");
    pid_t sleep_pid = wait_for_descendant(inside->pid, "sleep");
    say(inside, CTRL_Z);
    hear(inside, "Stopped");
    type(inside, "fg\n");
    hear(inside, "fg\r\n/bin/sleep 1000\r\n");
    wait_until_it_runs(sleep_pid);
    say(inside, CTRL_C);
    type(inside, "echo status=$?\n");
    hear(inside, "status=130\r\n");
    type(inside, "exit\n");
    assert_int_equal(finish(inside), 0);
}

static void ctrl_c_ends_a_command_but_not_a_shell(void **state)
{
    struct program *inside = start_on_terminal(fixture.step, fixture.image);

    type(inside, "/bin/sleep 1000\n");
    wait_for_descendant(inside->pid, "sleep");
    say(inside, CTRL_C);
    type(inside, CTRL_C);
    hear(inside, "-# ");
    usleep(2300000); /* longer than the grace */
    say(inside, "echo still he''re\n");
    hear(inside, "still here\r\n");
    type(inside, "exit 3\n");
    assert_int_equal(finish(inside), 3);
}

static void ctrl_c_ends_a_container_without_a_shell(void **state)
{
    struct program *container = start_on_terminal(fixture.step, fixture.image, "sleep", "1000");

    wait_for_descendant(container->pid, "sleep");
    say(container, CTRL_C);
    assert_int_equal(finish(container), 128 + SIGINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(a_shell_shows_its_prompt_and_obeys),
        EVERY_STEP(ctrl_d_ends_a_shell),
        EVERY_STEP(job_control_works_inside),
        EVERY_STEP(ctrl_c_ends_a_command_but_not_a_shell),
        EVERY_STEP(ctrl_c_ends_a_container_without_a_shell),
    };
    return check_run(tests);
}
