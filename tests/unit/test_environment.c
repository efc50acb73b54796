#include "check.h"
#include "cli_list.h"
#include "environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int putenv_error;

int __real_putenv(char *variable);
int __wrap_putenv(char *variable)
{
    return putenv_error ? refuse(putenv_error) : __real_putenv(variable);
}

static void a_variable_has_a_name_and_a_value(void **state)
{
    static const char *const right[] = {"A=1",         "a=",           "_=x",  "A=b=c",
                                        "A=two words", "PATH=/bin:/x", "1A=1", "a.b=1"};
    struct cli_list list = {0};

    for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
        assert_int_equal(CATCH(environment_parse(right[i], &list)), 0);
    assert_int_equal(list.count, 8);
    assert_string_equal(list.items[3], "A=b=c");
}

static void what_is_no_variable_is_refused(void **state)
{
    static const char *const wrong[] = {"", "=", "=1"};
    struct cli_list list = {0};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        if (CATCH(environment_parse(wrong[i], &list)) != -1)
            fail_msg("'%s' is accepted", wrong[i]);
        assert_int_equal(errno, EINVAL);
        assert_contains(
            caught,
            "(wanted: NAME=VALUE, or NAME, which takes the caller's): EINVAL (Invalid argument)\n");
    }
    assert_int_equal(list.count, 0);
}

static void a_name_alone_takes_the_callers_value(void **state)
{
    struct cli_list list = {0};

    setenv("CONTAINER_A", "one = two", 1);
    setenv("CONTAINER_B", "", 1);
    unsetenv("CONTAINER_C");
    assert_int_equal(CATCH(environment_parse("CONTAINER_A", &list)), 0);
    assert_int_equal(CATCH(environment_parse("CONTAINER_B", &list)), 0);
    assert_int_equal(CATCH(environment_parse("CONTAINER_C", &list)), 0);
    char *value = getenv("CONTAINER_A");
    if (value)
        memset(value, '-', 3); /* as command_environment() wipes it */
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0], "CONTAINER_A=one = two");
    assert_string_equal(list.items[1], "CONTAINER_B=");
    for (int i = 0; i < list.count; i++)
        free((char *)list.items[i]);
}

static void home_is_set_unless_it_is_chosen(void **state)
{
    const struct cli_list none = {{"HOMES=1", "A=HOME=2"}, 2}, chosen = {{"HOME=/chosen"}, 1};

    setenv("HOME", "/before", 1);
    assert_int_equal(environment_set_home(&chosen, "/home"), 0);
    assert_string_equal(getenv("HOME"), "/before");
    putenv_error = ENOMEM;
    assert_int_equal(CATCH(environment_set_home(&none, "/home")), -1);
    putenv_error = 0;
    assert_string_equal(caught, "container: set HOME to /home: ENOMEM (Cannot allocate memory)\n");
    assert_int_equal(environment_set_home(&none, "/home"), 0);
    assert_string_equal(getenv("HOME"), "/home");
    char *variable = getenv("HOME") - strlen("HOME="); /* the environment's, until it is unset */
    unsetenv("HOME");
    free(variable);
}

static void the_last_of_a_name_counts(void **state)
{
    struct cli_list list = {{"CONTAINER_A=1", "CONTAINER_B=2", "CONTAINER_A=3"}, 3};

    setenv("CONTAINER_B", "0", 1);
    assert_int_equal(environment_begin("web", &list), 0);
    assert_string_equal(getenv("PS1"), "web-# ");
    assert_string_equal(getenv("CONTAINER_A"), "3");
    assert_string_equal(getenv("CONTAINER_B"), "2");
}

static void a_variable_that_cannot_be_set_is_an_error(void **state)
{
    const struct cli_list list = {{"CONTAINER_C=1"}, 1};

    clearenv(); /* it has constants by now, which environment_begin() cannot wipe */
    putenv_error = ENOMEM;
    assert_int_equal(CATCH(environment_begin("web", &list)), -1);
    putenv_error = 0;
    assert_int_equal(errno, ENOMEM);
    assert_string_equal(caught, "container: set CONTAINER_C=1: ENOMEM (Cannot allocate memory)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_has_a_name_and_a_value),
        cmocka_unit_test(what_is_no_variable_is_refused),
        cmocka_unit_test(a_name_alone_takes_the_callers_value),
        cmocka_unit_test(home_is_set_unless_it_is_chosen),
        cmocka_unit_test(the_last_of_a_name_counts),
        cmocka_unit_test(a_variable_that_cannot_be_set_is_an_error),
    };
    return check_run(tests);
}
