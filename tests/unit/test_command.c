#include "check.h"
#include "command.h"
#include "files.h"
#include "process.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int setenv_error, execve_error;
static char executed[PATH_MAX];

int __real_setenv(const char *name, const char *value, int replace);
int __wrap_setenv(const char *name, const char *value, int replace)
{
    return setenv_error ? refuse(setenv_error) : __real_setenv(name, value, replace);
}

int __real_execve(const char *path, char *const *words, char *const *environment);
int __wrap_execve(const char *path, char *const *words, char *const *environment)
{
    snprintf(executed, sizeof(executed), "%s", path);
    return execve_error ? refuse(execve_error) : __real_execve(path, words, environment);
}

/* Runs in a child, since the test needs its own environment. */
static int make_environment(void)
{
    static const char *const expected[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
        "TERM=vt52", "PS1=web-# "};

    setenv("SECRET", "token", 1);
    setenv("LD_PRELOAD", "", 1);
    setenv("TERM", "vt52", 1);
    if (command_environment("web") < 0)
        return 1;
    for (size_t i = 0; i < 4; i++)
        if (!environ[i] || strcmp(environ[i], expected[i]) != 0)
            return 2;
    return environ[4] ? 3 : 0;
}

static void the_environment_is_ours_alone(void **state)
{
    assert_int_equal(in_child(make_environment), 0);
}

static int leave_environment(void)
{
    setenv("SECRET", "token", 1);
    const char *before = getenv("SECRET");
    if (command_environment("web") < 0)
        return 1;
    return !before || *before ? 2 : 0;
}

static void nothing_of_the_callers_environment_is_left_in_memory(void **state)
{
    assert_int_equal(in_child(leave_environment), 0);
}

static int make_environment_without_a_terminal(void)
{
    unsetenv("TERM");
    if (command_environment("web") < 0)
        return 1;
    const char *term = getenv("TERM");
    return !term || strcmp(term, "linux") != 0;
}

static void the_terminal_is_linux_where_the_caller_has_none(void **state)
{
    assert_int_equal(in_child(make_environment_without_a_terminal), 0);
}

static int make_environment_without_memory(void)
{
    setenv_error = ENOMEM;
    int result = CATCH(command_environment("web"));
    return result != -1 || errno != ENOMEM ||
           strcmp(caught, "container: set the environment: ENOMEM (Cannot allocate memory)\n") != 0;
}

static void an_environment_that_cannot_be_set_is_an_error(void **state)
{
    assert_int_equal(in_child(make_environment_without_memory), 0);
}

static int execute(const char *name, int error)
{
    char *words[] = {(char *)name, NULL};

    execve_error = error;
    return CATCH(command_exec(words));
}

static void a_name_without_a_slash_is_searched_in_path(void **state)
{
    execute("sh", EIO);
    assert_int_equal(executed[0], '/');
    assert_string_equal(strrchr(executed, '/'), "/sh");
    assert_int_equal(access(executed, X_OK), 0);
}

static void a_limit_of_processes_is_explained(void **state)
{
    assert_int_equal(execute("sh", EAGAIN), EXIT_NOT_EXECUTABLE);
    assert_contains(caught, "hint: no more processes may be started");
    execute("sh", EIO);
    assert_null(strstr(caught, "hint: "));
}

static void the_path_of_the_environment_counts(void **state)
{
    const char *callers = getenv("PATH");
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s", callers ? callers : "");
    setenv("PATH", "/nowhere", 1);
    assert_int_equal(execute("sh", EIO), EXIT_NOT_FOUND);
    setenv("PATH", "/nowhere:/bin:/x", 1);
    execute("sh", EIO);
    assert_string_equal(executed, "/bin/sh");
    assert_int_equal(chdir("/bin"), 0);
    setenv("PATH", "/nowhere::/bin", 1);
    execute("sh", EIO);
    assert_string_equal(executed, "./sh");
    setenv("PATH", path, 1);
}

/* That would be the kernel's rule. */
static void a_name_is_not_searched_in_the_working_directory(void **state)
{
    const char *callers = getenv("PATH");
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s", callers ? callers : "");
    assert_int_equal(chdir("/bin"), 0);
    setenv("PATH", "/nowhere", 1);
    *executed = '\0';
    assert_int_equal(execute("sh", 0), EXIT_NOT_FOUND);
    assert_string_equal(executed, "");
    assert_string_equal(caught, "container: exec sh: ENOENT (No such file or directory)\n");
    setenv("PATH", path, 1);
}

static void a_name_with_a_slash_is_a_path(void **state)
{
    execute("./sh", EIO);
    assert_string_equal(executed, "./sh");
}

static void a_command_that_is_nowhere_has_status_127(void **state)
{
    assert_int_equal(execute("no-such-command", 0), EXIT_NOT_FOUND);
    assert_string_equal(caught,
                        "container: exec no-such-command: ENOENT (No such file or directory)\n");
    assert_int_equal(execute("/dev/null/x", 0), EXIT_NOT_FOUND);
    assert_string_equal(caught, "container: exec /dev/null/x: ENOTDIR (Not a directory)\n");
}

static void a_command_that_cannot_run_has_status_126(void **state)
{
    assert_int_equal(execute("/bin/sh", E2BIG), EXIT_NOT_EXECUTABLE);
    assert_string_equal(caught, "container: exec /bin/sh: E2BIG (Argument list too long)\n");
    assert_int_equal(execute("/bin/sh", ELOOP), EXIT_NOT_EXECUTABLE);
}

static void a_name_too_long_is_refused(void **state)
{
    static char name[100000];

    memset(name, 'a', sizeof(name) - 1);
    assert_int_equal(execute(name, 0), EXIT_NOT_EXECUTABLE);
    assert_contains(caught, ": ENAMETOOLONG (File name too long)\n");
    name[0] = '/';
    assert_int_equal(execute(name, 0), EXIT_NOT_EXECUTABLE);
    assert_contains(caught, ": ENAMETOOLONG (File name too long)\n");
}

static const char *folder;

static const char *new_file(const char *name, const char *text, mode_t mode)
{
    const char *path = path_in(folder, name);

    write_file(path, text);
    chmod(path, mode);
    return path;
}

static void a_directory_is_called_one(void **state)
{
    assert_int_equal(execute("/", 0), EXIT_NOT_EXECUTABLE);
    assert_string_equal(caught, "container: exec /: EACCES (Permission denied)\n"
                                "container: hint: / is a directory\n");
}

static void a_file_without_the_bit_is_told_how_to_get_it(void **state)
{
    const char *path = new_file("plain", "#!/bin/sh\n", 0644);

    assert_int_equal(execute(path, 0), EXIT_NOT_EXECUTABLE);
    assert_contains(caught, "/plain: EACCES (Permission denied)\n");
    assert_contains(caught, "/plain is not executable: chmod +x\n");
    unlink(path);
}

static void a_text_is_no_program(void **state)
{
    const char *path = new_file("text", "echo hello\n", 0755);

    assert_int_equal(execute(path, 0), EXIT_NOT_EXECUTABLE);
    assert_contains(caught, "/text: ENOEXEC (Exec format error)\n");
    assert_contains(caught,
                    "/text is neither a program for this machine nor a script that begins with #!");
    unlink(path);
}

static void a_missing_interpreter_is_named_with_its_cure(void **state)
{
    const char *path = new_file("script", "#!/no/such/shell -e\n", 0755);

    assert_int_equal(execute(path, 0), EXIT_NOT_FOUND);
    assert_contains(caught, "/script: ENOENT (No such file or directory)\n");
    assert_contains(caught, "/script is there, but what runs it is not in the image: "
                            "/no/such/shell\n");
    assert_contains(caught, "`ldd`");
    unlink(path);
}

/* The kernel says ENOENT, and the file does not tell what is missing. */
static void where_no_interpreter_is_named_none_is_guessed(void **state)
{
    const char *path = new_file("text", "echo hello\n", 0755);

    assert_int_equal(execute(path, ENOENT), EXIT_NOT_FOUND);
    assert_contains(caught, "/text: ENOENT (No such file or directory)\n");
    assert_lacks(caught, "hint");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_is_ours_alone),
        cmocka_unit_test(nothing_of_the_callers_environment_is_left_in_memory),
        cmocka_unit_test(the_terminal_is_linux_where_the_caller_has_none),
        cmocka_unit_test(an_environment_that_cannot_be_set_is_an_error),
        cmocka_unit_test(a_name_without_a_slash_is_searched_in_path),
        cmocka_unit_test(a_limit_of_processes_is_explained),
        cmocka_unit_test(the_path_of_the_environment_counts),
        cmocka_unit_test(a_name_is_not_searched_in_the_working_directory),
        cmocka_unit_test(a_name_with_a_slash_is_a_path),
        cmocka_unit_test(a_command_that_is_nowhere_has_status_127),
        cmocka_unit_test(a_command_that_cannot_run_has_status_126),
        cmocka_unit_test(a_name_too_long_is_refused),
        cmocka_unit_test(a_directory_is_called_one),
        cmocka_unit_test(a_file_without_the_bit_is_told_how_to_get_it),
        cmocka_unit_test(a_text_is_no_program),
        cmocka_unit_test(a_missing_interpreter_is_named_with_its_cure),
        cmocka_unit_test(where_no_interpreter_is_named_none_is_guessed),
    };
    folder = new_folder();
    int failed = check_run(tests);
    rmdir(folder);
    return failed;
}
