#include "check.h"
#include "files.h"
#include "pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *folder;
static struct scratch scratch;

static pid_t found;

/* Returns whether the container `name` was found, and not another process. */
static int open_pidfile(const char *parent, const char *name)
{
    int fd = pidfile_open(parent, name, &found);

    if (fd < 0)
        return -1;
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), 0);
    close(fd);
    return 0;
}

static void write_pidfile(const char *text)
{
    write_file(path_in(scratch.dir, "pid"), text);
    chmod(path_in(scratch.dir, "pid"), 0600);
}

/* The test's own process is the container's. */
static const char *own_text(void)
{
    static char text[64];

    assert_int_equal(pidfile_write(&scratch, getpid()), 0);
    snprintf(text, sizeof(text), "%s", read_file(path_in(scratch.dir, "pid")));
    assert_int_equal(pidfile_remove(&scratch), 0);
    return text;
}

static void the_process_is_found_by_the_name(void **state)
{
    struct stat status;
    char number[16];

    snprintf(number, sizeof(number), "%d ", getpid());
    assert_int_equal(pidfile_write(&scratch, getpid()), 0);
    assert_int_equal(stat(path_in(scratch.dir, "pid"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(strncmp(read_file(path_in(scratch.dir, "pid")), number, strlen(number)), 0);
    assert_int_equal(open_pidfile(folder, "web"), 0);
    assert_int_equal(found, getpid());
    setenv("TMPDIR", folder, 1);
    assert_int_equal(open_pidfile(NULL, "web"), 0);
    unsetenv("TMPDIR");
    assert_int_equal(pidfile_remove(&scratch), 0);
    assert_false(exists(path_in(scratch.dir, "pid")));
}

/* Its second field is the name. Here it looks like the fields after it. */
static void a_program_chooses_its_name_but_not_its_start(void **state)
{
    char name[16] = "", text[64];

    prctl(PR_GET_NAME, name);
    snprintf(text, sizeof(text), "%s", own_text());
    prctl(PR_SET_NAME, "a) R 1 (2 3) 4");
    assert_string_equal(own_text(), text);
    prctl(PR_SET_NAME, name);
}

static void a_number_that_was_used_again_is_noticed(void **state)
{
    char text[64];

    snprintf(text, sizeof(text), "%d 1\n", getpid());
    write_pidfile(text);
    assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
    assert_int_equal(errno, ESRCH);
    assert_contains(caught, "which started at 1: ESRCH (No such process)\n");
    assert_contains(caught, "hint: the container's process has ended");
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
    snprintf(text, sizeof(text), "%d 1\n", child);
    write_pidfile(text);
    assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
    assert_int_equal(errno, ESRCH);
    assert_int_equal(pidfile_remove(&scratch), 0);
    assert_int_equal(CATCH(pidfile_write(&scratch, child)), -1);
    assert_contains(caught, "container: read when process ");
    assert_false(exists(path_in(scratch.dir, "pid")));
}

static void a_pidfile_is_never_written_over(void **state)
{
    assert_int_equal(symlink("/dev/null", path_in(scratch.dir, "pid")), 0);
    assert_int_equal(CATCH(pidfile_write(&scratch, getpid())), -1);
    assert_int_equal(errno, EEXIST);
    assert_contains(caught, "/web/pid: EEXIST (File exists)\n");
    assert_int_equal(pidfile_remove(&scratch), 0);
}

static void pidfile_remove_accepts_what_was_never_written(void **state)
{
    assert_int_equal(pidfile_remove(&scratch), 0);
    assert_int_equal(pidfile_remove(&(struct scratch){.dir = ""}), 0);
}

/* The folder is moved, and a link to another folder is put in its place. */
static void the_folder_is_found_wherever_it_is(void **state)
{
    shell("cd '%s' && mkdir bait && : >bait/pid && mv web moved && ln -s bait web", folder);
    assert_int_equal(CATCH(pidfile_write(&scratch, getpid())), 0);
    assert_true(exists(path_in(folder, "moved/pid")));
    assert_int_equal(pidfile_remove(&scratch), 0);
    shell("cd '%s' && [ ! -e moved/pid ] && [ -e bait/pid ] && rm -r bait web && mv moved web",
          folder);
}

static void pidfile_remove_reports_a_refusal(void **state)
{
    assert_int_equal(mkdir(path_in(scratch.dir, "pid"), 0700), 0);
    assert_int_equal(CATCH(pidfile_remove(&scratch)), -1);
    assert_int_equal(errno, EISDIR);
    assert_contains(caught, "/web/pid: EISDIR (Is a directory)\n");
    rmdir(path_in(scratch.dir, "pid"));
}

static void a_name_that_does_not_run_is_told_so(void **state)
{
    assert_int_equal(CATCH(open_pidfile(folder, "nobody")), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "/nobody/pid: ENOENT (No such file or directory)\n");
    assert_contains(caught, "hint: no container of that name runs here; --scratch DIR");
}

/* After SIGKILL the file stays, and the number may be another process's by now. */
static void the_pid_of_a_dead_container_is_not_found(void **state)
{
    write_pidfile(own_text());
    flock(scratch.fd, LOCK_UN);
    assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
    assert_int_equal(errno, ENOENT);
    flock(scratch.fd, LOCK_EX);
    assert_int_equal(pidfile_remove(&scratch), 0);
}

static void a_folder_that_others_can_write_is_not_trusted(void **state)
{
    static const mode_t modes[] = {0770, 0702, 0777};

    write_pidfile(own_text());
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        chmod(scratch.dir, modes[i]);
        assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
        assert_int_equal(errno, EPERM);
        assert_contains(caught, "hint: it is another user's");
    }
    chmod(scratch.dir, 0710); /* root's, in step05 */
    assert_int_equal(open_pidfile(folder, "web"), 0);
    chmod(scratch.dir, 0700);
    shell("mv '%s/web' '%s/real' && ln -s real '%s/web'", folder, folder, folder);
    assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
    assert_int_equal(errno, ENOTDIR);
    shell("rm '%s/web' && mv '%s/real' '%s/web'", folder, folder, folder);
    assert_int_equal(pidfile_remove(&scratch), 0);
}

static void a_path_too_long_is_refused(void **state)
{
    static char path[2 * PATH_MAX];

    memset(path, 'a', sizeof(path) - 1);
    assert_int_equal(CATCH(open_pidfile(path, "web")), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

/* A pid of 0 or -1 would stand for a group of processes, or for all. 2^32 + 1 is not process 1. */
static void a_file_without_a_process_in_it_is_refused(void **state)
{
    static char huge[1 << 16];
    static const char *const bad[] = {
        "",
        "\n",
        "web",
        "0 1\n",
        "-1 1\n",
        "1\n",
        "1",
        "1 \n",
        "1 1",
        " 1 1\n",
        "1  1\n",
        "+1 1\n",
        "12x 1\n",
        "1 -1\n",
        "1 1\n2 2\n",
        "2147483648 1\n",
        "1 1 1\n",
        "\x7f\x45LF",
        "4294967297 1\n",
        "99999999999999999999 1\n",
        huge,
    };

    memset(huge, '1', sizeof(huge) - 1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        write_pidfile(bad[i]);
        assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
        assert_int_equal(errno, EINVAL);
        assert_contains(caught, "container: find a pid and its start in /");
    }
    assert_int_equal(pidfile_remove(&scratch), 0);
}

static void a_text_that_goes_on_after_its_end_is_refused(void **state)
{
    write_pidfile(own_text());
    shell("printf '\\0x' >>'%s/pid'", scratch.dir);
    assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(pidfile_remove(&scratch), 0);
}

/* What is in the place of the file. None of them makes us wait, and none is followed. */
static void what_is_no_file_is_refused(void **state)
{
    static const struct {
        const char *make;
        int error;
    } others[] = {
        {"mkfifo pid", EINVAL},
        {"ln -s real pid", ELOOP},
        {"ln -s pid pid", ELOOP},
        {"mkdir pid", EINVAL},
    };

    write_pidfile(own_text());
    shell("cd '%s' && mv pid real", scratch.dir);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        shell("cd '%s' && %s", scratch.dir, others[i].make);
        alarm(5);
        assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
        alarm(0);
        assert_int_equal(errno, others[i].error);
        assert_contains(caught, "container: read /");
        shell("rm -rf '%s/pid'", scratch.dir);
    }
    shell("rm '%s/real'", scratch.dir);
}

static void a_file_of_others_or_that_they_can_write_is_refused(void **state)
{
    static const mode_t modes[] = {0660, 0602, 0666};

    write_pidfile(own_text());
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        chmod(path_in(scratch.dir, "pid"), modes[i]);
        assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
        assert_int_equal(errno, EPERM);
    }
    chmod(path_in(scratch.dir, "pid"), 0644);
    assert_int_equal(open_pidfile(folder, "web"), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(path_in(scratch.dir, "pid"), 1000, 1000), 0);
        assert_int_equal(CATCH(open_pidfile(folder, "web")), -1);
        assert_int_equal(errno, EPERM);
        assert_contains(caught, "hint: it is another user's");
    }
    assert_int_equal(pidfile_remove(&scratch), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_process_is_found_by_the_name),
        cmocka_unit_test(a_program_chooses_its_name_but_not_its_start),
        cmocka_unit_test(a_number_that_was_used_again_is_noticed),
        cmocka_unit_test(a_pidfile_is_never_written_over),
        cmocka_unit_test(pidfile_remove_accepts_what_was_never_written),
        cmocka_unit_test(the_folder_is_found_wherever_it_is),
        cmocka_unit_test(pidfile_remove_reports_a_refusal),
        cmocka_unit_test(a_name_that_does_not_run_is_told_so),
        cmocka_unit_test(the_pid_of_a_dead_container_is_not_found),
        cmocka_unit_test(a_folder_that_others_can_write_is_not_trusted),
        cmocka_unit_test(a_path_too_long_is_refused),
        cmocka_unit_test(a_file_without_a_process_in_it_is_refused),
        cmocka_unit_test(a_text_that_goes_on_after_its_end_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_file_of_others_or_that_they_can_write_is_refused),
    };
    folder = new_folder();
    snprintf(scratch.dir, sizeof(scratch.dir), "%s/web", folder);
    mkdir(scratch.dir, 0700);
    scratch.fd = open(scratch.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    flock(scratch.fd, LOCK_EX);
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
