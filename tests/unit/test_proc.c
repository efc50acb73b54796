#include "check.h"
#include "proc.h"

#include <errno.h>
#include <sys/mount.h>

static int target_error, mount_error, mounts;

int __wrap_file_make_mount_point(const char *path)
{
    assert_string_equal(path, "/proc");
    return refuse(target_error);
}

int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
                 const void *data)
{
    assert_string_equal(target, "/proc");
    assert_string_equal(type, "proc");
    assert_int_equal(flags, MS_NOSUID | MS_NODEV | MS_NOEXEC);
    mounts++;
    return refuse(mount_error);
}

static int mount_with(int error_of_target, int error_of_mount)
{
    target_error = error_of_target;
    mount_error = error_of_mount;
    mounts = 0;
    return CATCH(proc_mount());
}

static void proc_mount_mounts_where_there_is_a_directory(void **state)
{
    assert_int_equal(mount_with(0, 0), 0);
    assert_string_equal(caught, "");
    assert_int_equal(mounts, 1);
    assert_int_equal(mount_with(ENOTDIR, 0), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(mounts, 0);
}

static void proc_mount_says_where_it_may_be_refused(void **state)
{
    assert_int_equal(mount_with(0, EPERM), -1);
    assert_int_equal(errno, EPERM);
    assert_contains(caught, "container: mount proc on /proc: EPERM (Operation not permitted)\n");
    assert_contains(caught, "hint: ");
    assert_contains(caught, "inside a container that masks");
}

static void proc_mount_has_no_hint_for_another_error(void **state)
{
    assert_int_equal(mount_with(0, ENOTDIR), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_string_equal(caught, "container: mount proc on /proc: ENOTDIR (Not a directory)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proc_mount_mounts_where_there_is_a_directory),
        cmocka_unit_test(proc_mount_says_where_it_may_be_refused),
        cmocka_unit_test(proc_mount_has_no_hint_for_another_error),
    };
    return check_run(tests);
}
