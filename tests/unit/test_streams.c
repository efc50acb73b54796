/* The user is an ordinary one. The tests of the steps show what a container's command sees. */
#include "check.h"
#include "files.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;

static bool is_pipe(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

static void put(int fd, const char *name, int flags)
{
    int file = open(path_in(folder, name), flags | O_CLOEXEC, 0600);

    if (file < 0 || dup2(file, fd) < 0)
        _exit(100);
    close(file);
}

static void say_on(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        _exit(101);
}

static bool holds(const char *name, const char *text)
{
    const char *found = read_file(path_in(folder, name));
    return found && strcmp(found, text) == 0;
}

static int use_files(void)
{
    struct streams s = {0};
    char bytes[8] = "";

    put(STDIN_FILENO, "in", O_RDONLY);
    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    if (streams_open(&s) < 0 || !is_pipe(STDIN_FILENO) || !is_pipe(STDOUT_FILENO))
        return 1;
    if (read(STDIN_FILENO, bytes, sizeof(bytes)) != 5 || strcmp(bytes, "text\n") != 0)
        return 2;
    say_on(STDOUT_FILENO, "answer");
    if (streams_close(&s) < 0 || is_pipe(STDIN_FILENO) || is_pipe(STDOUT_FILENO))
        return 3;
    return !holds("out", "answer");
}

static int use_one_file(void)
{
    struct streams s = {0};

    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    dup2(STDOUT_FILENO, STDERR_FILENO);
    if (streams_open(&s) < 0)
        return 1;
    say_on(STDOUT_FILENO, "one ");
    say_on(STDERR_FILENO, "two ");
    say_on(STDOUT_FILENO, "three");
    return streams_close(&s) < 0 || !holds("out", "one two three");
}

static int leave_input(void)
{
    struct streams s = {0};

    put(STDIN_FILENO, "in", O_RDWR);
    if (ftruncate(STDIN_FILENO, 1000000) < 0 || streams_open(&s) < 0)
        return 1;
    return streams_close(&s) < 0;
}

/* Only a part can be written, as on a full disk. */
static int write_too_much(void)
{
    struct streams s = {0};
    struct rlimit few = {4, RLIM_INFINITY}, all = {RLIM_INFINITY, RLIM_INFINITY};

    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &few);
    if (streams_open(&s) < 0 || setrlimit(RLIMIT_FSIZE, &all) < 0)
        return 1;
    say_on(STDOUT_FILENO, "too long");
    if (CATCH(streams_close(&s)) != -1 || errno != EFBIG)
        return 2;
    return !strstr(caught, "carry the bytes of stdout: EFBIG") || !holds("out", "too ");
}

/* Killed before it has written all. */
/* As a process in the background does, this one still has the pipe when all is over. */
static int keep_the_pipe(void)
{
    struct streams s = {0};

    put(STDIN_FILENO, "in", O_RDONLY);
    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    if (streams_open(&s) < 0 || dup(STDIN_FILENO) < 0 || dup(STDOUT_FILENO) < 0)
        return 1;
    say_on(STDOUT_FILENO, "answer");
    alarm(10);
    return streams_close(&s) < 0 || !holds("out", "answer") ? 2 : 0;
}

static int lose_a_carrier(void)
{
    struct streams s = {0};

    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    if (streams_open(&s) < 0)
        return 1;
    kill(s.carriers[STDOUT_FILENO], SIGKILL);
    if (CATCH(streams_close(&s)) != -1)
        return 2;
    return strcmp(caught, "container: the process that carries stdout was killed by signal 9\n") !=
           0;
}

static int use_others(void)
{
    struct streams s = {0};
    int ends[2];

    if (pipe(ends) < 0 || dup2(open("/dev/null", O_RDONLY), STDIN_FILENO) < 0 ||
        dup2(ends[1], STDOUT_FILENO) < 0 || close(STDERR_FILENO) < 0)
        return 1;
    if (streams_open(&s) < 0 || streams_close(&s) < 0)
        return 2;
    return s.files[0] || s.files[1] || s.files[2];
}

static int use_file_as_root(void)
{
    struct streams s = {0};

    put(STDIN_FILENO, "in", O_RDONLY);
    return streams_open(&s) < 0 || is_pipe(STDIN_FILENO) || streams_close(&s) < 0;
}

static int in_folder(int (*runner)(int (*)(void)), int (*function)(void))
{
    folder = new_folder();
    write_file(path_in(folder, "in"), "text\n");
    shell("chmod 777 '%s' && chmod 666 '%s/in'", folder, folder);
    int result = runner(function);
    shell("rm -r '%s'", folder);
    return result;
}

static void a_file_is_behind_a_pipe(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, use_files), 0);
}

static void one_file_for_both_outputs_keeps_their_order(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, use_one_file), 0);
}

static void input_may_be_left(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, leave_input), 0);
}

static void output_that_cannot_be_written_is_an_error(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, write_too_much), 0);
}

static void the_end_of_the_command_is_enough(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, keep_the_pipe), 0);
}

static void a_carrier_that_was_killed_is_an_error(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, lose_a_carrier), 0);
}

static void what_is_no_file_stays_as_it_is(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, use_others), 0);
}

static void roots_files_stay_as_they_are(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root: sudo make test");
    assert_int_equal(in_folder(in_child, use_file_as_root), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_behind_a_pipe),
        cmocka_unit_test(one_file_for_both_outputs_keeps_their_order),
        cmocka_unit_test(input_may_be_left),
        cmocka_unit_test(output_that_cannot_be_written_is_an_error),
        cmocka_unit_test(the_end_of_the_command_is_enough),
        cmocka_unit_test(a_carrier_that_was_killed_is_an_error),
        cmocka_unit_test(what_is_no_file_stays_as_it_is),
        cmocka_unit_test(roots_files_stay_as_they_are),
    };
    return check_run(tests);
}
