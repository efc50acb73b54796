#include "check.h"
#include "sysfs.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mount.h>

static int mountpoint_error, mount_error;
static bool mounted;

int __wrap_file_make_mountpoint(const char *path)
{
    assert_string_equal(path, "/sys");
    return refuse(mountpoint_error);
}

int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
                 const void *data)
{
    (void)source;
    (void)data;
    assert_string_equal(target, "/sys");
    assert_string_equal(type, "sysfs");
    assert_int_equal(flags, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
    mounted = true;
    return refuse(mount_error);
}

static int mount_with(int error_of_mountpoint, int error_of_mount)
{
    mountpoint_error = error_of_mountpoint;
    mount_error = error_of_mount;
    mounted = false;
    return CATCH(sysfs_mount());
}

static void sysfs_is_mounted_read_only(void **state)
{
    (void)state;
    assert_int_equal(mount_with(0, 0), 0);
    assert_string_equal(caught, "");
    assert_true(mounted);
}

static void a_refused_mount_is_reported(void **state)
{
    (void)state;
    assert_int_equal(mount_with(0, EPERM), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: mount sysfs on /sys: EPERM (Operation not permitted)\n");
}

/* Such as a link, which leads somewhere else. */
static void what_is_no_mountpoint_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(mount_with(ENOTDIR, 0), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_false(mounted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sysfs_is_mounted_read_only),
        cmocka_unit_test(a_refused_mount_is_reported),
        cmocka_unit_test(what_is_no_mountpoint_is_left_alone),
    };
    return check_run(tests);
}
