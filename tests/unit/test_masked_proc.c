#include "acts.h"
#include "check.h"
#include "inside.h"
#include "masked_proc.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

/* The type of /proc, and the files that access(2) does not find. */
static long file_system;
static const char *missing;
static int statfs_error, access_error;

int __wrap_file_make_mount_point(const char *path)
{
    return act("folder %s", path);
}

int __wrap_mount_fd_new(const char *type, const char *options, unsigned attributes)
{
    int result = act("new %s %s %s", type, options ? options : "-", attribute_names(attributes));

    return result < 0 ? -1 : 100 + acts_count;
}

int __wrap_mount_fd_copy(const char *path, unsigned attributes)
{
    return act("copy %s %s", path, attribute_names(attributes)) < 0 ? -1 : 100 + acts_count;
}

int __wrap_mount_fd_attach(int mount, const char *target)
{
    return act("attach %d %s", mount, target);
}

int __wrap_mount_fd_cover_folder(const char *path)
{
    return act("cover %s", path);
}

int __wrap_statfs64(const char *path, struct statfs *fs)
{
    assert_string_equal(path, "/proc");
    *fs = (struct statfs){.f_type = file_system};
    return refuse(statfs_error);
}

int __wrap_access(const char *path, int mode)
{
    return strstr(missing, path) ? refuse(access_error) : 0;
}

static void a_harmless_mount_is_made(void **state)
{
    int mount;

    acts_begin(0, 0);
    assert_int_equal(CATCH(masked_proc_open(&mount)), 0);
    assert_int_equal(mount, 101);
    assert_string_equal(acts, "new proc - nosuid,nodev,noexec\n");
    assert_string_equal(caught, "");
}

static void a_masked_proc_is_the_known_cause_of_eperm(void **state)
{
    int mount;

    acts_begin(1, EPERM);
    assert_int_equal(CATCH(masked_proc_open(&mount)), -1);
    assert_int_equal(errno, EPERM);
    assert_contains(caught, "container: hint: inside a container that masks part of /proc, ");
    acts_begin(1, ENODEV);
    assert_int_equal(CATCH(masked_proc_open(&mount)), -1);
    assert_string_equal(caught, "");
}

static int attach(int refused, int error)
{
    acts_begin(refused, error);
    return CATCH(masked_proc_attach(7));
}

static void a_fake_proc_is_refused(void **state)
{
    file_system = PROC_SUPER_MAGIC;
    assert_int_equal(attach(0, 0), 0);
    assert_string_equal(acts, "folder /proc\nattach 7 /proc\n");
    assert_int_equal(attach(1, ENOTDIR), -1);
    assert_int_equal(acts_count, 1);
    assert_int_equal(attach(2, EBUSY), -1);
    assert_int_equal(errno, EBUSY);

    file_system = TMPFS_MAGIC;
    assert_int_equal(attach(0, 0), -1);
    assert_int_equal(errno, EINVAL);
    assert_string_equal(caught,
                        "container: /proc is not a proc file system: EINVAL (Invalid argument)\n");
    statfs_error = EACCES;
    assert_int_equal(attach(0, 0), -1);
    assert_string_equal(caught, "container: look at /proc: EACCES (Permission denied)\n");
    statfs_error = 0;
}

static int protect(const char *absent, int error)
{
    acts_begin(0, 0);
    missing = absent;
    access_error = error;
    return CATCH(masked_proc_protect());
}

static void settings_are_read_only_and_secrets_are_hidden(void **state)
{
    assert_int_equal(protect("/proc/bus /proc/irq /proc/fs /proc/interrupts /proc/kcore /proc/kmsg "
                             "/proc/latency_stats /proc/sched_debug /proc/timer_list "
                             "/proc/timer_stats /proc/asound /proc/scsi",
                             ENOENT),
                     0);
    assert_string_equal(acts, "copy /proc/sys ro,nosuid,nodev,noexec\n"
                              "attach 101 /proc/sys\n"
                              "copy /proc/sysrq-trigger ro,nosuid,nodev,noexec\n"
                              "attach 103 /proc/sysrq-trigger\n"
                              "copy /dev/null ro,nosuid,nodev,noexec\n"
                              "attach 105 /proc/kallsyms\n"
                              "copy /dev/null ro,nosuid,nodev,noexec\n"
                              "attach 107 /proc/keys\n"
                              "cover /proc/acpi\n");
}

static void all_that_is_there_is_covered(void **state)
{
    static const char *const places[] = {
        "interrupts",    "bus",         "fs",   "irq",    "sys",           "kallsyms",
        "sysrq-trigger", "kcore",       "keys", "kmsg",   "latency_stats", "sched_debug",
        "timer_list",    "timer_stats", "acpi", "asound", "scsi"};

    assert_int_equal(protect("", 0), 0);
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        char place[64];

        snprintf(place, sizeof(place), " /proc/%s\n", places[i]);
        assert_contains(acts, place);
    }
}

static void what_cannot_be_looked_at_is_not_left_uncovered(void **state)
{
    assert_int_equal(protect("/proc/keys", EACCES), -1);
    assert_string_equal(caught, "container: look at /proc/keys: EACCES (Permission denied)\n");
}

static void each_refusal_ends_it(void **state)
{
    protect("", 0);
    for (int number = 1, all = acts_count; number <= all; number++) {
        acts_begin(number, EPERM);
        assert_int_equal(masked_proc_protect(), -1);
        assert_int_equal(acts_count, number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_harmless_mount_is_made),
        cmocka_unit_test(a_masked_proc_is_the_known_cause_of_eperm),
        cmocka_unit_test(a_fake_proc_is_refused),
        cmocka_unit_test(settings_are_read_only_and_secrets_are_hidden),
        cmocka_unit_test(all_that_is_there_is_covered),
        cmocka_unit_test(what_cannot_be_looked_at_is_not_left_uncovered),
        cmocka_unit_test(each_refusal_ends_it),
    };
    inside_leave_mounts();
    return check_run(tests);
}
