#include "check.h"
#include "doctor.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct doctor_check checks[4];
static char *text;

static int set_up(void **state)
{
    memset(checks, 0, sizeof(checks));
    checks[0] = (struct doctor_check){"one", "12", .about = DOCTOR_BOTH};
    checks[1] = (struct doctor_check){"two", "4", .about = DOCTOR_ROOT};
    checks[2] = (struct doctor_check){"three", "", .about = DOCTOR_USER};
    doctor_conclude(&checks[0].result[DOCTOR_ROOT], DOCTOR_OK, "fine");
    doctor_conclude(&checks[0].result[DOCTOR_USER], DOCTOR_OK, "fine");
    doctor_conclude(&checks[1].result[DOCTOR_ROOT], DOCTOR_OK, "there");
    doctor_conclude(&checks[2].result[DOCTOR_USER], DOCTOR_NOTE, "hm");
    return 0;
}

static int tear_down(void **state)
{
    free(text);
    text = NULL;
    return 0;
}

static void print(void (*printer)(FILE *, const struct doctor_check *, const char *))
{
    size_t size;
    FILE *file = open_memstream(&text, &size);

    printer(file, checks, "student");
    fclose(file);
}

static void a_step_runs_unless_something_that_it_needs_is_lacking(void **state)
{
    assert_string_equal(doctor_steps_that_run(checks, DOCTOR_ROOT), DOCTOR_STEPS);
    checks[0].result[DOCTOR_USER].state = DOCTOR_LACK;
    assert_string_equal(doctor_steps_that_run(checks, DOCTOR_ROOT), DOCTOR_STEPS);
    assert_string_equal(doctor_steps_that_run(checks, DOCTOR_USER), "345");
    checks[1].result[DOCTOR_ROOT].state = DOCTOR_LACK;
    assert_string_equal(doctor_steps_that_run(checks, DOCTOR_ROOT), "1235");
    checks[1].result[DOCTOR_ROOT].state = DOCTOR_NOTE;
    assert_string_equal(doctor_steps_that_run(checks, DOCTOR_ROOT), DOCTOR_STEPS);
}

static void what_is_true_for_both_is_one_line(void **state)
{
    print(doctor_print_text);
    assert_string_equal(text, "CHECK             IS    FOR STEPS  AS        FOUND\n"
                              "one               ok    1 2        both      fine\n"
                              "two               ok    4          root      there\n"
                              "three             note  -          student   hm\n"
                              "steps as root: 1 2 3 4 5; as student: 1 2 3 4 5\n");
}

static void a_lack_has_its_cure_below(void **state)
{
    doctor_conclude(&checks[0].result[DOCTOR_USER], DOCTOR_LACK, "a\nb");
    doctor_cure(&checks[0].result[DOCTOR_USER], "sudo %s", "it");
    print(doctor_print_text);
    assert_contains(text, "\none               ok    1 2        root      fine\n"
                          "one               lack  1 2        student   a?b\n"
                          "                  cure: sudo it\n");
    assert_contains(text, "\nsteps as root: 1 2 3 4 5; as student: 3 4 5\n");
}

static void who_was_not_tried_has_no_verdict(void **state)
{
    memset(&checks[0].result[DOCTOR_ROOT], 0, sizeof(checks[0].result[DOCTOR_ROOT]));
    memset(&checks[1].result[DOCTOR_ROOT], 0, sizeof(checks[1].result[DOCTOR_ROOT]));
    print(doctor_print_text);
    assert_contains(text,
                    "\nsteps as root: not tried (sudo build/doctor); as student: 1 2 3 4 5\n");
    assert_contains(text, "\none               ok    1 2        student   fine\n");
    free(text);
    print(doctor_print_json);
    assert_contains(text, "\"steps\": {\"root\": null, \"user\": [1, 2, 3, 4, 5]}");
    assert_lacks(text, "\"as\": \"root\"");
}

static void json_has_each_result(void **state)
{
    doctor_conclude(&checks[0].result[DOCTOR_USER], DOCTOR_LACK, "a\nb");
    print(doctor_print_json);
    assert_string_equal(
        text, "{\n  \"checks\": [\n"
              "    {\"code\": \"one\", \"as\": \"root\", \"state\": \"ok\", \"steps\": [1, 2], "
              "\"found\": \"fine\", \"cure\": \"\"},\n"
              "    {\"code\": \"one\", \"as\": \"user\", \"state\": \"lack\", \"steps\": [1, 2], "
              "\"found\": \"a\\u000ab\", \"cure\": \"\"},\n"
              "    {\"code\": \"two\", \"as\": \"root\", \"state\": \"ok\", \"steps\": [4], "
              "\"found\": \"there\", \"cure\": \"\"},\n"
              "    {\"code\": \"three\", \"as\": \"user\", \"state\": \"note\", \"steps\": [], "
              "\"found\": \"hm\", \"cure\": \"\"}\n"
              "  ],\n  \"user\": \"student\",\n"
              "  \"steps\": {\"root\": [1, 2, 3, 4, 5], \"user\": [3, 4, 5]}\n}\n");
}

static void assert_json(const char *given, const char *wanted)
{
    size_t size;
    FILE *file = open_memstream(&text, &size);

    doctor_print_json_string(file, given);
    fclose(file);
    assert_string_equal(text, wanted);
    free(text);
    text = NULL;
}

static void a_json_string_is_escaped(void **state)
{
    assert_json("", "\"\"");
    assert_json("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    assert_json("\t\x01\x1b\x7f", "\"\\u0009\\u0001\\u001b\x7f\"");
}

static void a_json_string_is_utf_8(void **state)
{
    assert_json("\u00e9\u20ac\U0001f600", "\"\u00e9\u20ac\U0001f600\"");
    assert_json("\xff\xc3", "\"??\"");           /* no first byte; a character that is cut */
    assert_json("\xc0\xaf", "\"??\"");           /* longer than need be                    */
    assert_json("\xe0\x80\xaf", "\"???\"");      /* the same                               */
    assert_json("\xed\xa0\x80", "\"???\"");      /* half of a UTF-16 pair                  */
    assert_json("\xf4\x90\x80\x80", "\"????\""); /* above the last character             */
    assert_json("\xe2\x82x", "\"??x\"");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_step_runs_unless_something_that_it_needs_is_lacking),
        TEST(what_is_true_for_both_is_one_line),
        TEST(a_lack_has_its_cure_below),
        TEST(who_was_not_tried_has_no_verdict),
        TEST(json_has_each_result),
        TEST(a_json_string_is_escaped),
        TEST(a_json_string_is_utf_8),
    };
    return check_run(tests);
}
