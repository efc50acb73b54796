#include "acts.h"
#include "check.h"
#include "devices.h"
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

int __wrap_file_make_mount_point(const char *path)
{
    return act("folder %s", path);
}

int __wrap_mount_fd_new(const char *type, const char *options, unsigned attributes)
{
    return act("new %s %s %s", type, options, attribute_names(attributes)) < 0 ? -1 : 200;
}

int __wrap_mount_fd_copy(const char *path, unsigned attributes)
{
    return act("copy %s %s", path, attribute_names(attributes)) < 0 ? -1 : 101 + acts_count / 2;
}

int __wrap_storage_open_folder(const struct scratch *s, const char *name, unsigned attributes)
{
    return act("storage %s %s", name, attribute_names(attributes)) < 0 ? -1 : 300;
}

int __wrap_mount_fd_attach(int mount, const char *target)
{
    return act("attach %d %s", mount, target);
}

static int made; /* the file that was made last */

int __wrap_mount_fd_attach_at(int mount, int place, const char *target)
{
    assert_int_equal(place, made);
    close(place);
    return act("attach %d %s as made", mount, target);
}

int __wrap_open64(const char *path, int flags, mode_t mode)
{
    assert_true(flags & O_EXCL); /* follows no link */
    assert_true(flags & O_CREAT);
    assert_int_equal(mode, 0666);
    made = act("file %s", path) < 0 ? -1 : dup(STDERR_FILENO);
    return made;
}

int __wrap_symlink(const char *target, const char *path)
{
    return act("link %s %s", target, path);
}

int __wrap_file_check_device(int fd, const char *path, unsigned major, unsigned minor)
{
    return act("look at %s, %u:%u", path, major, minor);
}

static struct devices devices;

static void the_hosts_nodes_are_copied(void **state)
{
    acts_begin(0, 0);
    assert_int_equal(CATCH(devices_open(&devices)), 0);
    assert_string_equal(acts, "copy /dev/null nosuid,noexec\n"
                              "look at /dev/null, 1:3\n"
                              "copy /dev/zero nosuid,noexec\n"
                              "look at /dev/zero, 1:5\n"
                              "copy /dev/full nosuid,noexec\n"
                              "look at /dev/full, 1:7\n"
                              "copy /dev/random nosuid,noexec\n"
                              "look at /dev/random, 1:8\n"
                              "copy /dev/urandom nosuid,noexec\n"
                              "look at /dev/urandom, 1:9\n"
                              "copy /dev/tty nosuid,noexec\n"
                              "look at /dev/tty, 5:0\n");
    for (int number = 1; number <= 2 * DEVICES_COUNT; number++) {
        acts_begin(number, ENOENT);
        assert_int_equal(CATCH(devices_open(&devices)), -1);
        assert_int_equal(errno, ENOENT);
        assert_int_equal(acts_count, number);
        bool is_missing = number % 2; /* to copy it is the first of two acts */
        assert_int_equal(strstr(caught, "hint: ") != NULL, is_missing);
    }
    acts_begin(11, ENOENT);
    assert_int_equal(CATCH(devices_open(&devices)), -1);
    assert_contains(caught, "sudo mknod -m 666 /dev/tty c 5 0\n");
    acts_begin(1, EPERM);
    assert_int_equal(CATCH(devices_open(&devices)), -1);
    assert_string_equal(caught, "");
}

static const struct scratch scratch;

static void shared_memory_is_in_the_storage(void **state)
{
    acts_begin(0, 0);
    assert_int_equal(devices_open_shm(&devices, &scratch), 0);
    assert_string_equal(acts, "storage shm nosuid,nodev,noexec\n");
    acts_begin(1, ENOSPC);
    assert_int_equal(devices_open_shm(&devices, &scratch), -1);
    assert_int_equal(errno, ENOSPC);
}

static int attach(int refused)
{
    acts_begin(0, 0);
    devices_open(&devices);
    devices_open_shm(&devices, &scratch);
    acts_begin(refused, EPERM);
    return CATCH(devices_attach(&devices));
}

static void dev_has_a_handful_of_devices(void **state)
{
    assert_int_equal(attach(0), 0);
    assert_string_equal(caught, "");
    assert_string_equal(acts, "folder /dev\n"
                              "new tmpfs mode=755,size=64k,nr_inodes=256 nosuid,noexec\n"
                              "attach 200 /dev\n"
                              "file /dev/null\n"
                              "attach 101 /dev/null as made\n"
                              "file /dev/zero\n"
                              "attach 102 /dev/zero as made\n"
                              "file /dev/full\n"
                              "attach 103 /dev/full as made\n"
                              "file /dev/random\n"
                              "attach 104 /dev/random as made\n"
                              "file /dev/urandom\n"
                              "attach 105 /dev/urandom as made\n"
                              "file /dev/tty\n"
                              "attach 106 /dev/tty as made\n"
                              "folder /dev/pts\n"
                              "new devpts ptmxmode=0666,mode=0620,max=256 nosuid,noexec\n"
                              "attach 200 /dev/pts\n"
                              "folder /dev/shm\n"
                              "attach 300 /dev/shm\n"
                              "link /proc/self/fd /dev/fd\n"
                              "link /proc/self/fd/0 /dev/stdin\n"
                              "link /proc/self/fd/1 /dev/stdout\n"
                              "link /proc/self/fd/2 /dev/stderr\n"
                              "link pts/ptmx /dev/ptmx\n");
}

/* This module reports its own acts. mount_fd reports the others. */
static const char *message_for(const char *last_act)
{
    if (strncmp(last_act, "file ", 5) == 0)
        return "container: create /dev/";
    return strncmp(last_act, "link ", 5) == 0 ? "container: symlink /dev/" : "";
}

static void each_refusal_is_reported_and_ends_it(void **state)
{
    attach(0);
    for (int number = 1, all = acts_count; number <= all; number++) {
        assert_int_equal(attach(number), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(acts_count, number);
        const char *message = message_for(acts_last());
        if (*message)
            assert_contains(caught, message);
        else
            assert_string_equal(caught, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hosts_nodes_are_copied),
        cmocka_unit_test(shared_memory_is_in_the_storage),
        cmocka_unit_test(dev_has_a_handful_of_devices),
        cmocka_unit_test(each_refusal_is_reported_and_ends_it),
    };
    inside_leave_mounts();
    return check_run(tests);
}
