/* What a program inherits from its caller, and what the container gets of it. */
#include "harness.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_stdin(void)
{
    close(STDIN_FILENO);
}

static void close_output(void)
{
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
}

static void close_all_three(void)
{
    close_stdin();
    close_output();
}

/* A closed descriptor must not become a file of this program's own, such as the gate. */
static void closed_descriptors_are_dev_null(void **state)
{
    fixture.prepare = close_stdin;
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "read line; echo hi"), 0);
    assert_string_equal(out, "hi\n");
    fixture.prepare = close_output;
    assert_int_equal(run(fixture.step, "-x", fixture.image, "echo", "hi"), 0);
    fixture.prepare = close_all_three;
    for (int i = 0; i < 10; i++)
        assert_int_equal(run(fixture.step, "-x", fixture.image, "sh", "-c", "echo hi; exit 7"), 7);
}

static void stdin_may_be_closed_on_a_terminal(void **state)
{
    fixture.prepare = close_stdin;
    struct program *container = start_on_terminal(fixture.step, fixture.image, "echo", "hi");
    hear(container, "hi\r");
    assert_int_equal(finish(container), 0);
}

static mode_t mask;

static void set_umask(void)
{
    umask(mask);
}

/* All modes in the container, but for what the kernel makes; then the command's own umask. */
static const char look[] = "cd / && stat -c '%a %u %n' . proc dev dev/* tmp root bin etc/passwd "
                           "2>/dev/null | grep -v '/[0-9]'; touch /tmp/new && stat -c %a /tmp/new";

static void the_umask_changes_nothing_in_the_container(void **state)
{
    static const mode_t masks[] = {0, 027, 077, 0777};
    char expected[sizeof(out)];

    fixture.prepare = set_umask;
    mask = 022;
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", look), 0);
    strcpy(expected, out);
    for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
        char script[sizeof(look) + 32];

        mask = masks[i];
        snprintf(script, sizeof(script), "umask 022; %s", look);
        assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", script), 0);
        assert_string_equal(out, expected);
    }
}

static void the_commands_umask_is_the_callers_and_022_in_step05(void **state)
{
    fixture.prepare = set_umask;
    mask = 027;
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "umask"), 0);
    assert_string_equal(out, strcmp(fixture.step, "step05") == 0 ? "0022\n" : "0027\n");
}

static void a_user_inside_needs_no_help_of_the_umask(void **state)
{
    static const mode_t masks[] = {077, 027, 0, 0777};

    fixture.prepare = set_umask;
    for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
        mask = masks[i];
        assert_int_equal(run("step05", "--user", "0", fixture.image, "true"), 0);
        if (geteuid() == 0 && !fixture.as_user) /* a user may have no second id */
            assert_int_equal(run("step05", "--user", "1000", "--volume", "/etc:/a/b/c", "--volume",
                                 "/etc/passwd:/a/d/e", fixture.image, "cat", "/a/b/c/passwd",
                                 "/a/d/e"),
                             0);
    }
}

/* proc on a link to / would cover the whole image, and the mount below would stay on the host. */
static void a_link_at_proc_is_refused(void **state)
{
    static const char *const targets[] = {"/", "/tmp", "no-such", "../etc"};

    for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
        shell("cd '%s' && rm -rf proc && ln -s %s proc", fixture.image, targets[i]);
        assert_int_equal(run(fixture.step, fixture.image, "true"), 125);
        assert_contains(err, "/proc: ENOTDIR (Not a directory)\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(closed_descriptors_are_dev_null),
        EVERY_STEP(stdin_may_be_closed_on_a_terminal),
        FROM_STEP02(the_umask_changes_nothing_in_the_container),
        EVERY_STEP(the_commands_umask_is_the_callers_and_022_in_step05),
        AS_ROOT(a_user_inside_needs_no_help_of_the_umask),
        AS_USER(a_user_inside_needs_no_help_of_the_umask),
        FROM_STEP02(a_link_at_proc_is_refused),
    };
    return check_run(tests);
}
