#include "acts.h"
#include "check.h"
#include "inside.h"
#include "sysfs.h"

#include <errno.h>
#include <stdbool.h>

static int access_error;

int __wrap_file_make_mount_point(const char *path)
{
    return act("folder %s", path);
}

int __wrap_mount_fd_new(const char *type, const char *options, unsigned attributes)
{
    int result = act("new %s %s %s", type, options ? options : "-", attribute_names(attributes));

    return result < 0 ? -1 : 100 + acts_count;
}

int __wrap_mount_fd_attach(int mount, const char *target)
{
    return act("attach %d %s", mount, target);
}

int __wrap_mount_fd_cover_folder(const char *path)
{
    return act("cover %s", path);
}

int __wrap_access(const char *path, int mode)
{
    assert_string_equal(path, "/sys/firmware");
    return refuse(access_error);
}

static void a_read_only_mount_is_made(void **state)
{
    acts_begin(0, 0);
    assert_int_equal(sysfs_open(), 101);
    assert_string_equal(acts, "new sysfs - ro,nosuid,nodev,noexec\n");
    acts_begin(1, EPERM);
    assert_int_equal(sysfs_open(), -1);
    assert_int_equal(errno, EPERM);
}

static int attach(int refused, int error)
{
    acts_begin(refused, error);
    return CATCH(sysfs_attach(7));
}

static void the_firmware_is_hidden_where_there_is_one(void **state)
{
    assert_int_equal(attach(0, 0), 0);
    assert_string_equal(acts, "folder /sys\n"
                              "attach 7 /sys\n"
                              "cover /sys/firmware\n");
    access_error = ENOENT;
    assert_int_equal(attach(0, 0), 0);
    assert_string_equal(acts, "folder /sys\nattach 7 /sys\n");
    access_error = EACCES;
    assert_int_equal(attach(0, 0), -1);
    assert_string_equal(caught, "container: look at /sys/firmware: EACCES (Permission denied)\n");
    access_error = 0;
}

static void each_refusal_ends_it(void **state)
{
    for (int number = 1; number <= 3; number++) {
        assert_int_equal(attach(number, EPERM), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(acts_count, number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_only_mount_is_made),
        cmocka_unit_test(the_firmware_is_hidden_where_there_is_one),
        cmocka_unit_test(each_refusal_ends_it),
    };
    inside_leave_mounts();
    return check_run(tests);
}
