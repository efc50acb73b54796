/* What every step does with a wrong call, or with one that asks for help. */
#include "harness.h"
#include "version.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_usage(int status)
{
    assert_int_equal(status, 2);
    assert_string_equal(out, "");
    assert_contains(err, "usage: step0");
    assert_contains(err, " [OPTIONS] ROOTFS [COMMAND [ARG...]]");
}

static void a_wrong_call_prints_the_usage_and_ends_with_2(void **state)
{
    assert_usage(run(fixture.step));
    assert_contains(err, ": ROOTFS is missing\n");
    assert_usage(run(fixture.step, ""));
    assert_usage(run(fixture.step, fixture.image, ""));
    assert_contains(err, ": COMMAND is empty\n");
    assert_usage(run(fixture.step, "-z", fixture.image, "true"));
    assert_contains(err, ": option '-z' is not known\n");
    assert_usage(run(fixture.step, "--no-such-option", fixture.image, "true"));
    assert_usage(run(fixture.step, "--explain=1", fixture.image, "true"));
}

static void help_goes_to_stdout_and_ends_with_0(void **state)
{
    assert_int_equal(run(fixture.step, "-h"), 0);
    assert_contains(out, "usage: ");
    assert_contains(out, "--explain");
    assert_string_equal(err, "");
    assert_int_equal(run(fixture.step, "--help", fixture.image, "true"), 0);
    assert_contains(out, "usage: ");
}

static void help_fits_a_terminal_of_80_columns(void **state)
{
    assert_int_equal(run(fixture.step, "-h"), 0);
    for (const char *line = out; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 1, 80);
}

static void the_version_is_in_the_help_and_on_stdout(void **state)
{
    char line[64];

    snprintf(line, sizeof(line), "%s " VERSION "\n", fixture.step);
    assert_int_equal(run(fixture.step, "--version"), 0);
    assert_string_equal(out, line);
    assert_string_equal(err, "");
    assert_usage(run(fixture.step, "--version=1"));
    assert_int_equal(run(fixture.step, "-h"), 0);
    assert_contains(out, " print the version, " VERSION ", and exit\n");
}

static void help_that_cannot_be_written_is_an_error(void **state)
{
    assert_int_equal(
        run("sh", "-c", "exec \"$0\" -h >/dev/full", path_in(fixture.programs, fixture.step)), 125);
    assert_contains(err, ": write to stdout: ENOSPC (No space left on device)\n");
}

static void an_option_after_the_image_is_a_command_with_a_hint(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "--memory", "64M"), 127);
    assert_contains(err, ": exec --memory: ENOENT (No such file or directory)\n");
    assert_contains(err, ": hint: options come first; this one is taken for the command\n");
    assert_int_equal(run(fixture.step, fixture.image, "no-such-command", "--memory"), 127);
    assert_lacks(err, "hint: options");
}

static void an_argument_that_is_missing_or_empty_is_a_wrong_call(void **state)
{
    static const char *const options[] = {"--name", "--scratch", "--hostname", "--memory"};
    size_t count = strcmp(fixture.step, "step02") == 0   ? 2
                   : strcmp(fixture.step, "step03") == 0 ? 3
                                                         : 4;

    for (size_t i = 0; i < count; i++) {
        assert_usage(run(fixture.step, options[i]));
        assert_usage(run(fixture.step, options[i], "", fixture.image, "true"));
    }
}

static void a_name_that_is_no_file_name_is_a_wrong_call(void **state)
{
    static const char *const bad[] = {"..", ".", "a/b", "/tmp/x", "-a", "a b", "a\nb"};
    char name[301];

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_usage(run(fixture.step, "--name", bad[i], fixture.image, "true"));
        assert_contains(err, "is not valid");
    }
    memset(name, 'a', 300);
    name[300] = '\0';
    assert_usage(run(fixture.step, "--name", name, fixture.image, "true"));
}

static void options_of_the_command_are_its_own(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "echo", "-h", "--name", "x"), 0);
    assert_string_equal(out, "-h --name x\n");
}

static void two_dashes_before_the_command_are_left_out(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "--", "echo", "--", "-h"), 0);
    assert_string_equal(out, "-- -h\n");
    assert_int_equal(run(fixture.step, "--", fixture.image, "--", "echo", "hi"), 0);
    assert_string_equal(out, "hi\n");
}

static void a_rootfs_that_is_none_is_named(void **state)
{
    assert_int_equal(run(fixture.step, in_fixture("nothing"), "true"), 125);
    assert_contains(err, "/nothing: ENOENT (No such file or directory)\n");
    assert_contains(err, "hint: ");
    assert_int_equal(run(fixture.step, path_in(fixture.image, "etc/passwd"), "true"), 125);
    assert_contains(err, "/etc/passwd: ENOTDIR (Not a directory)\n");
    assert_string_equal(out, "");
}

static void an_empty_rootfs_has_no_shell(void **state)
{
    shell("mkdir -m 777 '%s'", in_fixture("empty"));
    assert_int_equal(run(fixture.step, in_fixture("empty")), 127);
    assert_contains(err, ": exec /bin/sh: ENOENT (No such file or directory)\n");
    assert_contains(err, ": hint: the image has no shell; `make rootfs`");
}

static void a_rootfs_that_the_user_may_not_read_is_named(void **state)
{
    chmod(fixture.image, 0);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 125);
    assert_contains(err, "/image: EACCES (Permission denied)\n");
    chmod(fixture.image, 0755);
}

static void an_ordinary_user_is_told_that_root_is_needed(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "true"), 125);
    assert_contains(err, ": EPERM (Operation not permitted)\n");
    assert_contains(err, ": hint: only root may do this: call the program by sudo\n");
    assert_string_equal(out, "");
}

/* `limit` is an option of ulimit, such as "-s 64". Returns the exit status. */
static int run_with(const char *limit)
{
    char script[64];

    /* The shell's own job is over before the limit holds. */
    snprintf(script, sizeof(script), "ulimit %s; exec \"$0\" \"$1\" true", limit);
    return run("sh", "-c", script, path_in(fixture.programs, fixture.step), fixture.image);
}

static void without_room_to_run_it_makes_nothing(void **state)
{
    static const char *const stacks[] = {"-s 32", "-s 64", "-s 128"};
    static const char *const files[] = {"-n 4", "-n 5", "-n 6", "-n 10"};

    for (size_t i = 0; i < sizeof(stacks) / sizeof(*stacks); i++) {
        assert_int_equal(run_with(stacks[i]), 125);
        assert_contains(err, ": hint: ulimit -s 8192\n");
    }
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        assert_int_equal(run_with(files[i]), 125);
        assert_contains(err, " are needed: EMFILE (Too many open files)\n");
        assert_contains(err, ": hint: ulimit -n 1024\n");
    }
    assert_int_equal(run_with("-s 1024"), 0);
    assert_int_equal(run_with("-n 64"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(a_wrong_call_prints_the_usage_and_ends_with_2),
        EVERY_STEP(help_goes_to_stdout_and_ends_with_0),
        EVERY_STEP(help_fits_a_terminal_of_80_columns),
        EVERY_STEP(help_that_cannot_be_written_is_an_error),
        EVERY_STEP(the_version_is_in_the_help_and_on_stdout),
        EVERY_STEP(an_option_after_the_image_is_a_command_with_a_hint),
        FROM_STEP02(an_argument_that_is_missing_or_empty_is_a_wrong_call),
        FROM_STEP02(a_name_that_is_no_file_name_is_a_wrong_call),
        EVERY_STEP(options_of_the_command_are_its_own),
        EVERY_STEP(two_dashes_before_the_command_are_left_out),
        EVERY_STEP(a_rootfs_that_is_none_is_named),
        EVERY_STEP(an_empty_rootfs_has_no_shell),
        EVERY_STEP(without_room_to_run_it_makes_nothing),
        STEP_AS_USER("step01", a_rootfs_that_the_user_may_not_read_is_named),
        STEP_AS_USER("step03", a_rootfs_that_the_user_may_not_read_is_named),
        STEP_AS_USER("step05", a_rootfs_that_the_user_may_not_read_is_named),
        STEP_AS_USER("step01", an_ordinary_user_is_told_that_root_is_needed),
        STEP_AS_USER("step02", an_ordinary_user_is_told_that_root_is_needed),
    };
    return check_run(tests);
}
