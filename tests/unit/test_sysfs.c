#include "acts.h"
#include "check.h"
#include "files.h"
#include "inside.h"
#include "sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

static int access_error, folder_error;
static const char *root; /* stands for /sys */

static const char *below(const char *path)
{
    return path + (root ? strlen(root) : 0);
}

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
    return act("attach %d %s", mount, below(target));
}

int __wrap_mount_fd_copy(const char *path, unsigned attributes)
{
    int result = act("copy %s %s", below(path), attribute_names(attributes));

    return result < 0 ? -1 : 100 + acts_count;
}

int __wrap_mount_fd_cover_folder(const char *path)
{
    return act("cover %s", below(path));
}

int __real_access(const char *path, int mode);
int __wrap_access(const char *path, int mode)
{
    return access_error ? refuse(access_error) : __real_access(path, mode);
}

DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path)
{
    return refuse(folder_error) < 0 ? NULL : __real_opendir(path);
}

static void a_read_only_mount_is_made(void **state)
{
    int mount;

    acts_begin(0, 0);
    assert_int_equal(sysfs_open(&mount), 0);
    assert_int_equal(mount, 101);
    assert_string_equal(acts, "new sysfs - ro,nosuid,nodev,noexec\n");
    acts_begin(1, EPERM);
    assert_int_equal(sysfs_open(&mount), -1);
    assert_int_equal(errno, EPERM);
}

static void it_is_put_into_place(void **state)
{
    access_error = folder_error = ENOENT;
    acts_begin(0, 0);
    assert_int_equal(CATCH(sysfs_attach(7)), 0);
    assert_string_equal(acts, "folder /sys\nattach 7 /sys\n");
    for (int number = 1; number <= 2; number++) {
        acts_begin(number, EPERM);
        assert_int_equal(CATCH(sysfs_attach(7)), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(acts_count, number);
    }
    access_error = EACCES;
    acts_begin(0, 0);
    assert_int_equal(CATCH(sysfs_attach(7)), -1);
    assert_string_equal(caught, "container: look at /sys/firmware: EACCES (Permission denied)\n");
    access_error = folder_error = 0;
}

static int hide(int refused)
{
    acts_begin(refused, EPERM);
    return CATCH(sysfs_hide(root));
}

/* As on a laptop. cpu10 has none: it is of a machine that has another kind of CPU besides. */
static void make_tree(void)
{
    root = new_folder();
    shell("cd %s && mkdir -p firmware devices/virtual/powercap/intel-rapl "
          "devices/system/cpu/cpu0/thermal_throttle devices/system/cpu/cpu7/thermal_throttle "
          "devices/system/cpu/cpu10 devices/system/cpu/cpufreq/thermal_throttle",
          root);
}

static void remove_tree(void)
{
    shell("rm -r %s", root);
    root = NULL;
}

static void what_tells_of_energy_and_heat_is_hidden(void **state)
{
    make_tree();
    assert_int_equal(hide(0), 0);
    assert_int_equal(strncmp(acts, "cover /firmware\n", 16), 0);
    assert_contains(acts, "copy /firmware ro,nosuid,nodev,noexec\n"
                          "attach 102 /devices/virtual/powercap\n");
    assert_contains(acts, " /devices/system/cpu/cpu0/thermal_throttle\n");
    assert_contains(acts, " /devices/system/cpu/cpu7/thermal_throttle\n");
    assert_int_equal(acts_count, 7); /* one cover, three copies */
    remove_tree();
}

/* An arm64 machine has no such folders, and some have no firmware's tables. */
static void what_is_not_there_needs_no_cover(void **state)
{
    make_tree();
    shell("rm -r %s/firmware %s/devices/virtual", root, root);
    assert_int_equal(hide(0), 0);
    assert_int_equal(strncmp(acts, "cover /devices/system/cpu/cpu", 29), 0);
    assert_int_equal(acts_count, 3);
    shell("rm -r %s/devices", root);
    assert_int_equal(hide(0), 0);
    assert_string_equal(acts, "");
    remove_tree();
}

static void what_cannot_be_looked_at_is_not_left_uncovered(void **state)
{
    make_tree();
    folder_error = EACCES;
    assert_int_equal(hide(0), -1);
    assert_contains(caught, "/devices/system/cpu: EACCES (Permission denied)\n");
    folder_error = 0;
    remove_tree();
}

static void each_refusal_ends_it(void **state)
{
    make_tree();
    for (int number = 1; number <= 7; number++) {
        assert_int_equal(hide(number), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(acts_count, number);
    }
    remove_tree();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_only_mount_is_made),
        cmocka_unit_test(it_is_put_into_place),
        cmocka_unit_test(what_tells_of_energy_and_heat_is_hidden),
        cmocka_unit_test(what_is_not_there_needs_no_cover),
        cmocka_unit_test(what_cannot_be_looked_at_is_not_left_uncovered),
        cmocka_unit_test(each_refusal_ends_it),
    };
    inside_leave_mounts();
    return check_run(tests);
}
