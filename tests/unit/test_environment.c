#include "check.h"
#include "cli_list.h"
#include "environment.h"

#include <errno.h>
#include <stdlib.h>

static int putenv_error;

int __real_putenv(char *variable);
int __wrap_putenv(char *variable)
{
    return putenv_error ? refuse(putenv_error) : __real_putenv(variable);
}

static void a_variable_has_a_name_and_a_value(void **state)
{
    static const char *const right[] = {"A=1", "a=", "_=x", "A=b=c", "A=two words", "PATH=/bin:/x"};
    struct cli_list list = {0};

    for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
        assert_int_equal(CATCH(environment_parse(right[i], &list)), 0);
    assert_int_equal(list.count, 6);
    assert_string_equal(list.items[3], "A=b=c");
}

static void what_is_no_variable_is_refused(void **state)
{
    static const char *const wrong[] = {"", "A", "=", "=1", "1=a", "9A=1"};
    struct cli_list list = {0};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        if (CATCH(environment_parse(wrong[i], &list)) != -1)
            fail_msg("'%s' is accepted", wrong[i]);
        assert_int_equal(errno, EINVAL);
        assert_contains(caught, "(wanted: NAME=VALUE): EINVAL (Invalid argument)\n");
    }
    assert_int_equal(list.count, 0);
}

static void the_last_of_a_name_counts(void **state)
{
    struct cli_list list = {{"CONTAINER_A=1", "CONTAINER_B=2", "CONTAINER_A=3"}, 3};

    setenv("CONTAINER_B", "0", 1);
    assert_int_equal(environment_add(&list), 0);
    assert_string_equal(getenv("CONTAINER_A"), "3");
    assert_string_equal(getenv("CONTAINER_B"), "2");
}

static void a_variable_that_cannot_be_set_is_an_error(void **state)
{
    const struct cli_list list = {{"CONTAINER_C=1"}, 1};

    putenv_error = ENOMEM;
    assert_int_equal(CATCH(environment_add(&list)), -1);
    putenv_error = 0;
    assert_int_equal(errno, ENOMEM);
    assert_string_equal(caught, "container: set CONTAINER_C=1: ENOMEM (Cannot allocate memory)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_has_a_name_and_a_value),
        cmocka_unit_test(what_is_no_variable_is_refused),
        cmocka_unit_test(the_last_of_a_name_counts),
        cmocka_unit_test(a_variable_that_cannot_be_set_is_an_error),
    };
    return check_run(tests);
}
