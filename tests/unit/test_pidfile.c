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
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;
static struct scratch scratch;

static void the_pid_is_found_by_the_name(void **state)
{
    struct stat status;

    assert_int_equal(pidfile_write(&scratch, 4711), 0);
    assert_int_equal(stat(path_in(scratch.dir, "pid"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(pidfile_read(folder, "web"), 4711);
    setenv("TMPDIR", folder, 1);
    assert_int_equal(pidfile_read(NULL, "web"), 4711);
    unsetenv("TMPDIR");
    assert_int_equal(pidfile_remove(&scratch), 0);
    assert_false(exists(path_in(scratch.dir, "pid")));
}

static void a_pidfile_is_never_written_over(void **state)
{
    assert_int_equal(symlink("/dev/null", path_in(scratch.dir, "pid")), 0);
    assert_int_equal(CATCH(pidfile_write(&scratch, 1)), -1);
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
    assert_int_equal(CATCH(pidfile_write(&scratch, 4711)), 0);
    assert_string_equal(read_file(path_in(folder, "moved/pid")), "4711\n");
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
    assert_int_equal(CATCH(pidfile_read(folder, "nobody")), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "/nobody/pid: ENOENT (No such file or directory)\n");
    assert_contains(caught, "hint: no container of that name runs here; --scratch DIR");
}

/* After SIGKILL the file stays, and the number may be another process's by now. */
static void the_pid_of_a_dead_container_is_not_found(void **state)
{
    write_file(path_in(scratch.dir, "pid"), "4711\n");
    flock(scratch.fd, LOCK_UN);
    assert_int_equal(CATCH(pidfile_read(folder, "web")), -1);
    assert_int_equal(errno, ENOENT);
    flock(scratch.fd, LOCK_EX);
    assert_int_equal(pidfile_remove(&scratch), 0);
}

static void a_folder_that_others_can_write_is_not_trusted(void **state)
{
    static const mode_t modes[] = {0770, 0702, 0777};

    write_file(path_in(scratch.dir, "pid"), "4711\n");
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        chmod(scratch.dir, modes[i]);
        assert_int_equal(CATCH(pidfile_read(folder, "web")), -1);
        assert_int_equal(errno, EPERM);
        assert_contains(caught, "hint: it is another user's");
    }
    chmod(scratch.dir, 0710); /* root's, in step05 */
    assert_int_equal(pidfile_read(folder, "web"), 4711);
    chmod(scratch.dir, 0700);
    shell("mv '%s/web' '%s/real' && ln -s real '%s/web'", folder, folder, folder);
    assert_int_equal(CATCH(pidfile_read(folder, "web")), -1);
    assert_int_equal(errno, ENOTDIR);
    shell("rm '%s/web' && mv '%s/real' '%s/web'", folder, folder, folder);
    assert_int_equal(pidfile_remove(&scratch), 0);
}

static void a_path_too_long_is_refused(void **state)
{
    static char path[2 * PATH_MAX];

    memset(path, 'a', sizeof(path) - 1);
    assert_int_equal(CATCH(pidfile_read(path, "web")), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

/* A pid of 0 or -1 would stand for a group of processes, or for all. 2^32 + 1 is not process 1. */
static void a_file_without_a_pid_in_it_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "\n", "web", "0", "-1", "12x", "2147483648", "4294967297", "99999999999999999999",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        write_file(path_in(scratch.dir, "pid"), bad[i]);
        assert_int_equal(CATCH(pidfile_read(folder, "web")), -1);
    }
    assert_int_equal(pidfile_remove(&scratch), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pid_is_found_by_the_name),
        cmocka_unit_test(a_pidfile_is_never_written_over),
        cmocka_unit_test(pidfile_remove_accepts_what_was_never_written),
        cmocka_unit_test(the_folder_is_found_wherever_it_is),
        cmocka_unit_test(pidfile_remove_reports_a_refusal),
        cmocka_unit_test(a_name_that_does_not_run_is_told_so),
        cmocka_unit_test(the_pid_of_a_dead_container_is_not_found),
        cmocka_unit_test(a_folder_that_others_can_write_is_not_trusted),
        cmocka_unit_test(a_path_too_long_is_refused),
        cmocka_unit_test(a_file_without_a_pid_in_it_is_refused),
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
