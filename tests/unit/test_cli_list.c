#include "check.h"
#include "cli_list.h"

#include <errno.h>

static void a_list_takes_as_many_texts_as_it_has_room_for(void **state)
{
    struct cli_list list = {0};

    for (int i = 0; i < CLI_LIST_SIZE; i++)
        assert_int_equal(CATCH(cli_list_append(i % 2 ? "odd" : "even", &list)), 0);
    assert_int_equal(list.count, CLI_LIST_SIZE);
    assert_string_equal(list.items[0], "even");
    assert_string_equal(list.items[CLI_LIST_SIZE - 1], "odd");
    assert_int_equal(CATCH(cli_list_append("more", &list)), -1);
    assert_int_equal(errno, E2BIG);
    assert_contains(caught, ": the same option more than 1024 times, at 'more': E2BIG");
    assert_int_equal(list.count, CLI_LIST_SIZE);
}

static void a_list_takes_no_empty_text(void **state)
{
    struct cli_list list = {0};

    assert_int_equal(CATCH(cli_list_append("", &list)), -1);
    assert_int_equal(errno, EINVAL);
    assert_contains(caught, "empty");
    assert_int_equal(list.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_takes_as_many_texts_as_it_has_room_for),
        cmocka_unit_test(a_list_takes_no_empty_text),
    };
    return check_run(tests);
}
