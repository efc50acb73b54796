#include "check.h"
#include "doctor.h"

#include <stdbool.h>
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

static struct doctor_result made;

static const struct doctor_result *make(doctor_examine *examine, struct doctor_machine *m)
{
    const struct doctor_check check = {.code = "this", .examine = examine};

    made = (struct doctor_result){0};
    doctor_make_check(&check, m, &made);
    return &made;
}

static void have_no_cure(struct doctor_machine *m, struct doctor_result *r)
{
    doctor_lack(r, "%s", m->check->code);
}

static void have_a_cure(struct doctor_machine *m, struct doctor_result *r)
{
    doctor_lack(r, "it");
    doctor_cure(r, "sudo it");
}

static void need_no_cure(struct doctor_machine *m, struct doctor_result *r)
{
    doctor_note(r, "it");
}

static void the_last_cure_is_another_machine_or_more_rights(void **state)
{
    struct doctor_machine m = {.root = ""};

    assert_string_equal(make(have_no_cure, &m)->cure, "make vm");
    assert_string_equal(made.found, "this");
    assert_string_equal(make(have_a_cure, &m)->cure, "sudo it");
    assert_string_equal(make(need_no_cure, &m)->cure, "");
    m.engine = "podman";
    assert_string_equal(make(have_no_cure, &m)->cure, "podman run -it --privileged -v /tmp IMAGE");
}

static bool has_word(const char *text, const char *word)
{
    char copy[64];

    strcpy(copy, text);
    return doctor_has_word(copy, word);
}

static void a_word_is_a_whole_one(void **state)
{
    assert_true(has_word("cpuset cpu io\n", "cpu"));
    assert_true(has_word("quiet\tcgroup_disable=memory", "cgroup_disable=memory"));
    assert_false(has_word("cpuset io", "cpu"));
    assert_false(has_word("io acpu", "cpu"));
    assert_false(has_word("", "cpu"));
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
