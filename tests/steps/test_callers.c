/* What a program inherits from its caller, and what the container gets of it. */
#include "harness.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
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

/* Puts a copy of a program, which is root's, beside it. */
static const char *copy_as_roots(const char *name)
{
    static char path[FIXTURE_PATH + 16];

    snprintf(path, sizeof(path), "%s/copy", fixture.programs);
    shell("cp '%s/%s' '%s' && chown 0:0 '%s' && chmod 755 '%s'", fixture.programs, name, path, path,
          path);
    return path;
}

static int give_capability(const char *path)
{
    const struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
                                      .data = {{.permitted = 1 << CAP_CHOWN}}};

    return setxattr(path, "security.capability", &data, sizeof(data), 0);
}

static void assert_refused(const char *name, const char *how)
{
    int status = run("copy", "-h");

    if (status != 125)
        fail_msg("a %s copy of %s gave %d: %s", how, name, status, out);
    assert_string_equal(out, "");
    assert_contains(err, "copy: run with rights that the caller does not have: EPERM");
}

/* It would believe an environment and a command line that somebody with fewer rights wrote. */
static void a_program_with_more_rights_than_its_caller_is_refused(void **state)
{
    static const char *const names[] = {"step01", "step02", "step03", "step04",
                                        "step05", "join",   "exec"};
    struct statvfs fs;

    if (geteuid() != 0 || (statvfs(fixture.programs, &fs) == 0 && fs.f_flag & ST_NOSUID))
        check_skip("needs root, and a folder where a setuid bit has an effect: sudo make test");
#ifdef __SANITIZE_ADDRESS__
    check_skip("needs a program without a sanitizer, whose check for leaks may not look into it");
#endif
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *path = copy_as_roots(names[i]);

        assert_int_equal(run("copy", "-h"), 0);
        assert_int_equal(chmod(path, 04755), 0);
        assert_refused(names[i], "setuid");
        assert_int_equal(chmod(path, 02755), 0);
        assert_refused(names[i], "setgid");
        assert_int_equal(chmod(path, 0755), 0);
        if (give_capability(path) == 0)
            assert_refused(names[i], "capable");
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
        AS_USER(a_program_with_more_rights_than_its_caller_is_refused),
    };
    return check_run(tests);
}
