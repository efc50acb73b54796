/* A terminal that goes away: a window is closed, or a line is lost. */
#include "harness.h"

#include <signal.h>

static void a_closed_terminal_ends_it(void **state)
{
    struct program *inside = start_on_terminal(fixture.step, fixture.image);

    hear(inside, "-# ");
    hang_up(inside);
    finish(inside);
}

static void a_closed_terminal_ends_a_command_that_does_not_care(void **state)
{
    struct program *inside = start_on_terminal(fixture.step, fixture.image, "sh", "-c",
                                               "trap '' HUP; echo ready; /bin/sleep 1000");

    hear(inside, "ready\r\n");
    hang_up(inside);
    assert_int_equal(finish(inside), 128 + SIGKILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(a_closed_terminal_ends_it),
        EVERY_STEP(a_closed_terminal_ends_a_command_that_does_not_care),
    };
    return check_run(tests);
}
