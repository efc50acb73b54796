#include "check.h"
#include "name.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

static int getrandom_error;
ssize_t __real_getrandom(void *buffer, size_t length, unsigned flags);

ssize_t __wrap_getrandom(void *buffer, size_t length, unsigned flags)
{
    return getrandom_error ? refuse(getrandom_error) : __real_getrandom(buffer, length, flags);
}

static void a_chosen_name_stays(void **state)
{
    char name[NAME_SIZE] = "web";

    assert_int_equal(name_choose(name), 0);
    assert_string_equal(name, "web");
}

static void a_random_name_is_a_letter_then_letters_and_digits(void **state)
{
    for (int i = 0; i < 1000; i++) {
        char name[NAME_SIZE] = "";

        assert_int_equal(name_choose(name), 0);
        assert_int_equal(strlen(name), 12);
        assert_true(islower((unsigned char)name[0]));
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789"), 12);
    }
}

static void two_random_names_differ(void **state)
{
    char first[NAME_SIZE] = "", second[NAME_SIZE] = "";

    assert_int_equal(name_choose(first) | name_choose(second), 0);
    assert_string_not_equal(first, second);
}

static void without_random_bytes_there_is_no_name(void **state)
{
    char name[NAME_SIZE] = "";

    getrandom_error = ENOSYS;
    assert_int_equal(CATCH(name_choose(name)), -1);
    assert_int_equal(errno, ENOSYS);
    assert_string_equal(caught, "container: getrandom: ENOSYS (Function not implemented)\n");
    getrandom_error = 0;
}

static void name_parse_takes_what_is_one_file_name(void **state)
{
    static const char *const good[] = {"a", "7", "web", "web-1", "Web_2.0", "a..", "0"};

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        char name[NAME_SIZE] = "";

        assert_int_equal(name_parse(good[i], name), 0);
        assert_string_equal(name, good[i]);
    }
}

static void assert_refused(const char *text)
{
    char name[NAME_SIZE] = "before";

    assert_int_equal(CATCH(name_parse(text, name)), -1);
    assert_int_equal(errno, EINVAL);
    assert_contains(caught, "is not valid: use up to 63 letters, digits");
    assert_string_equal(name, "before");
}

static void name_parse_refuses_paths_and_worse(void **state)
{
    static const char *const bad[] = {"",    ".",   "..",   "/",     "a/b",       "../a", ".a",
                                      "-a",  "_a",  "a b",  "a\n",   "a\tb",      "a:b",  "a,b",
                                      "a\\", "a'b", "ação", "a\033", "$(reboot)", "a%s%n"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_refused(bad[i]);
}

static void name_parse_takes_63_bytes_and_no_more(void **state)
{
    char text[301], name[NAME_SIZE];

    memset(text, 'a', sizeof(text));
    text[300] = '\0';
    assert_refused(text);
    text[64] = '\0';
    assert_refused(text);
    text[63] = '\0';
    assert_int_equal(name_parse(text, name), 0);
    assert_string_equal(name, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chosen_name_stays),
        cmocka_unit_test(a_random_name_is_a_letter_then_letters_and_digits),
        cmocka_unit_test(two_random_names_differ),
        cmocka_unit_test(without_random_bytes_there_is_no_name),
        cmocka_unit_test(name_parse_takes_what_is_one_file_name),
        cmocka_unit_test(name_parse_refuses_paths_and_worse),
        cmocka_unit_test(name_parse_takes_63_bytes_and_no_more),
    };
    return check_run(tests);
}
