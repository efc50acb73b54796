/* Here there is no terminal. The tests of the steps show what happens on one. */
#include "check.h"
#include "console.h"

#include <fcntl.h>
#include <unistd.h>

static int use_without_terminal(void)
{
    struct console c = {0};

    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    if (console_open(&c) < 0 || c.channel != -1 || c.relay != 0)
        return 1;
    if (console_attach(&c) < 0 || console_close(&c) < 0)
        return 2;
    return 0;
}

static void nothing_happens_without_a_terminal(void **state)
{
    assert_int_equal(CATCH(in_child(use_without_terminal)), 0);
    assert_string_equal(caught, "");
}

static void what_was_never_opened_can_be_closed(void **state)
{
    struct console c = {0};

    assert_int_equal(CATCH(console_close(&c)), 0);
    assert_string_equal(caught, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_happens_without_a_terminal),
        cmocka_unit_test(what_was_never_opened_can_be_closed),
    };
    return check_run(tests);
}
