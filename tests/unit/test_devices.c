#include "check.h"
#include "devices.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* What was done, a line each; the act that is refused, counted from 1. */
static char acts[4096];
static int count, refused;

static int act(const char *what, const char *detail, const char *path)
{
    size_t length = strlen(acts);

    snprintf(acts + length, sizeof(acts) - length, "%s %s %s\n", what, detail, path);
    return refuse(++count == refused ? EPERM : 0);
}

int __wrap_file_make_mountpoint(const char *path)
{
    return act("folder", "-", path);
}

int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
                 const void *data)
{
    if (flags == MS_BIND)
        return act("bind", source, target);
    assert_true(flags & MS_NOSUID);
    assert_true(flags & MS_NOEXEC);
    /* Of devices, but for the terminals: only those that the mount below it binds. */
    assert_int_equal(!(flags & MS_NODEV), strcmp(target, "/dev/shm") != 0);
    return act(type, data, target);
}

int __wrap_open64(const char *path, int flags, mode_t mode)
{
    assert_true(flags & O_EXCL); /* follows no link */
    assert_true(flags & O_CREAT);
    assert_int_equal(mode, 0666);
    int result = act("file", "-", path);
    return result < 0 ? result : dup(STDERR_FILENO);
}

int __wrap_symlink(const char *target, const char *path)
{
    return act("link", target, path);
}

static int mount_all(int number)
{
    *acts = '\0';
    count = 0;
    refused = number;
    return CATCH(devices_mount("/.host/dev"));
}

static void dev_has_a_handful_of_devices(void **state)
{
    (void)state;
    assert_int_equal(mount_all(0), 0);
    assert_string_equal(caught, "");
    assert_string_equal(acts, "folder - /dev\n"
                              "tmpfs mode=755,size=64k /dev\n"
                              "file - /dev/null\n"
                              "bind /.host/dev/null /dev/null\n"
                              "file - /dev/zero\n"
                              "bind /.host/dev/zero /dev/zero\n"
                              "file - /dev/full\n"
                              "bind /.host/dev/full /dev/full\n"
                              "file - /dev/random\n"
                              "bind /.host/dev/random /dev/random\n"
                              "file - /dev/urandom\n"
                              "bind /.host/dev/urandom /dev/urandom\n"
                              "file - /dev/tty\n"
                              "bind /.host/dev/tty /dev/tty\n"
                              "folder - /dev/pts\n"
                              "devpts newinstance,ptmxmode=0666,mode=0620 /dev/pts\n"
                              "folder - /dev/shm\n"
                              "tmpfs mode=1777,size=64m /dev/shm\n"
                              "link /proc/self/fd /dev/fd\n"
                              "link /proc/self/fd/0 /dev/stdin\n"
                              "link /proc/self/fd/1 /dev/stdout\n"
                              "link /proc/self/fd/2 /dev/stderr\n"
                              "link pts/ptmx /dev/ptmx\n");
}

/* A mountpoint's refusal is reported by the module that makes it. */
static const char *message_for(const char *last_act)
{
    static const char *const messages[][2] = {
        {"folder ", ""},
        {"tmpfs ", "container: mount tmpfs on /dev"},
        {"devpts ", "container: mount devpts on /dev/pts: EPERM"},
        {"file ", "container: create /dev/"},
        {"bind ", "container: bind /.host/dev/"},
        {"link ", "container: symlink /dev/"},
    };

    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++)
        if (strncmp(last_act, messages[i][0], strlen(messages[i][0])) == 0)
            return messages[i][1];
    fail_msg("what is '%s'?", last_act);
    return NULL;
}

static void each_refusal_is_reported_and_ends_it(void **state)
{
    (void)state;
    mount_all(0);
    for (int number = 1, all = count; number <= all; number++) {
        assert_int_equal(mount_all(number), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(count, number);
        acts[strlen(acts) - 1] = '\0';
        const char *newline = strrchr(acts, '\n');
        const char *message = message_for(newline ? newline + 1 : acts);
        if (*message)
            assert_contains(caught, message);
        else
            assert_string_equal(caught, "");
    }
}

static void a_path_too_long_is_refused(void **state)
{
    char path[PATH_MAX];

    (void)state;
    mount_all(0);
    memset(path, 'a', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    assert_int_equal(CATCH(devices_mount(path)), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dev_has_a_handful_of_devices),
        cmocka_unit_test(each_refusal_is_reported_and_ends_it),
        cmocka_unit_test(a_path_too_long_is_refused),
    };
    return check_run(tests);
}
