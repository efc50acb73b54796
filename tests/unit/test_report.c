#include "check.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void report_errno_names_the_error_as_man_pages_do(void **state)
{
    errno = EPERM;
    assert_int_equal(CATCH(report_errno("mount %s on %s", "proc", "/proc")), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: mount proc on /proc: EPERM (Operation not permitted)\n");
}

static void report_errno_takes_a_number_that_has_no_name(void **state)
{
    errno = 4000;
    assert_int_equal(CATCH(report_errno("act")), -1);
    assert_string_equal(caught, "container: act: errno (Unknown error 4000)\n");
}

static int report_all_three(void)
{
    int result = report_error("name '%s' is not valid", "a/b");

    report_hint("choose %d others", 2);
    report_note("kept %s", "/tmp/upper");
    return result;
}

static void report_error_note_and_hint_keep_errno(void **state)
{
    errno = EBUSY;
    assert_int_equal(CATCH(report_all_three()), -1);
    assert_int_equal(errno, EBUSY);
    assert_string_equal(caught, "container: name 'a/b' is not valid\n"
                                "container: hint: choose 2 others\n"
                                "container: kept /tmp/upper\n");
}

static void report_program_starts_each_line(void **state)
{
    report_program("step09");
    CATCH((report_note("hello"), 0));
    assert_string_equal(caught, "step09: hello\n");
    report_program("container");
}

static void control_characters_never_reach_the_terminal(void **state)
{
    CATCH(report_error("loader %s", "/lib/\033[2J\a\n\r\x7f.so"));
    assert_string_equal(caught, "container: loader /lib/?[2J????.so\n");
}

static void control_characters_never_reach_another_stream(void **state)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    report_safely(out, "a\033[2J\nação");
    fclose(out);
    assert_string_equal(text, "a?[2J?ação");
    free(text);
}

static void a_path_in_utf8_is_printed_as_it_is(void **state)
{
    CATCH(report_error("no %s", "/imagem/ação"));
    assert_string_equal(caught, "container: no /imagem/ação\n");
}

static void a_text_too_long_for_a_line_is_cut(void **state)
{
    static char text[100000];

    memset(text, 'a', sizeof(text) - 1);
    errno = ENOENT;
    CATCH(report_errno("%s", text));
    assert_contains(caught, "aaa: ENOENT (No such file or directory)\n");
}

static void nothing_is_explained_unless_asked(void **state)
{
    CATCH((explain("mount", "/proc", NULL), explain_write("64", "/sys/pids.max"),
           explain_comment("a filter"), 0));
    assert_string_equal(caught, "");
}

static void explain_prints_a_shell_command(void **state)
{
    explain_on();
    errno = EIO;
    CATCH((explain("mount", "-t", "proc", "-o", "nosuid,nodev", "proc", "/proc", NULL), 0));
    assert_int_equal(errno, EIO);
    assert_string_equal(caught, "+ mount -t proc -o nosuid,nodev proc /proc\n");
}

static void explain_quotes_what_a_shell_would_change(void **state)
{
    explain_on();
    CATCH((explain("chroot", "my image", "it's", "", "$HOME", "a*", "~", "#x", "new\nline", NULL),
           0));
    assert_string_equal(caught,
                        "+ chroot 'my image' 'it'\\''s' '' '$HOME' 'a*' '~' '#x' 'new?line'\n");
}

static void explain_exec_quotes_each_word(void **state)
{
    char *command[] = {"sh", "-c", "exit 3", NULL};

    explain_on();
    CATCH((explain_exec(command), 0));
    assert_string_equal(caught, "+ exec sh -c 'exit 3'\n");
}

static void a_childs_lines_have_its_name(void **state)
{
    explain_on();
    explain_name_child("web");
    CATCH((explain("true", NULL), explain_in_child(), explain("hostname", "web", NULL), 0));
    assert_string_equal(caught, "+ true\nweb+ hostname web\n");
}

static void explain_write_is_an_echo(void **state)
{
    explain_on();
    CATCH(
        (explain_write("0 1000 1", "/proc/7/uid_map"), explain_append("web", "/etc/hostname"), 0));
    assert_string_equal(caught, "+ echo '0 1000 1' > /proc/7/uid_map\n"
                                "+ echo web >> /etc/hostname\n");
}

static void what_no_shell_can_do_is_a_comment(void **state)
{
    explain_on();
    errno = EIO;
    CATCH((explain_comment("mount --bind HOST%s\n", "/dev/null"), 0));
    assert_int_equal(errno, EIO);
    assert_string_equal(caught, "# mount --bind HOST/dev/null?\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_errno_names_the_error_as_man_pages_do),
        cmocka_unit_test(report_errno_takes_a_number_that_has_no_name),
        cmocka_unit_test(report_error_note_and_hint_keep_errno),
        cmocka_unit_test(report_program_starts_each_line),
        cmocka_unit_test(control_characters_never_reach_the_terminal),
        cmocka_unit_test(control_characters_never_reach_another_stream),
        cmocka_unit_test(a_path_in_utf8_is_printed_as_it_is),
        cmocka_unit_test(a_text_too_long_for_a_line_is_cut),
        cmocka_unit_test(nothing_is_explained_unless_asked), /* before explain_on() */
        cmocka_unit_test(explain_prints_a_shell_command),
        cmocka_unit_test(explain_quotes_what_a_shell_would_change),
        cmocka_unit_test(explain_write_is_an_echo),
        cmocka_unit_test(explain_exec_quotes_each_word),
        cmocka_unit_test(a_childs_lines_have_its_name), /* last: it stays a child */
        cmocka_unit_test(what_no_shell_can_do_is_a_comment),
    };
    return check_run(tests);
}
