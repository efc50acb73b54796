#include "check.h"
#include "doctor.h"

#include <string.h>

static void what_is_too_long_is_cut(void **state)
{
    struct doctor_result r = {0};
    char text[1000];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    doctor_conclude(&r, DOCTOR_LACK, "%s", text);
    doctor_cure(&r, "%s", text);
    assert_int_equal(r.state, DOCTOR_LACK);
    assert_int_equal(strlen(r.found), sizeof(r.found) - 1);
    assert_int_equal(strlen(r.cure), sizeof(r.cure) - 1);
}

static void the_last_cure_is_another_machine_or_more_rights(void **state)
{
    struct doctor_machine m = {.root = ""};
    struct doctor_result r = {0};

    doctor_cure_elsewhere(&m, &r);
    assert_string_equal(r.cure, "make vm");
    m.engine = "podman";
    doctor_cure_elsewhere(&m, &r);
    assert_string_equal(r.cure, "podman run -it --privileged -v /tmp IMAGE");
}

static void a_word_is_a_whole_one(void **state)
{
    assert_true(doctor_has_word("cpuset cpu io\n", "cpu"));
    assert_true(doctor_has_word("quiet\tcgroup_disable=memory", "cgroup_disable=memory"));
    assert_false(doctor_has_word("cpuset io", "cpu"));
    assert_false(doctor_has_word("io acpu", "cpu"));
    assert_false(doctor_has_word("", "cpu"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_long_is_cut),
        cmocka_unit_test(the_last_cure_is_another_machine_or_more_rights),
        cmocka_unit_test(a_word_is_a_whole_one),
    };
    return check_run(tests);
}
