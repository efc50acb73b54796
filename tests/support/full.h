/*
 * full: what the tests of step05 share. They also show each hole in the step before it.
 */
#ifndef FULL_H
#define FULL_H

#include "harness.h"

#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

/* An entry of a test array for root, and one for an ordinary user. */
#define AS_EACH(test) AS_ROOT(test), AS_USER(test)

/* The last words of a call that runs a script in the image. */
#define SHELL(script) fixture.image, "sh", "-c", script

/* The last step before step05 that this user can run: step04 needs a delegated cgroup. */
static inline const char *step_before(void)
{
    return fixture.as_user ? "step03" : "step04";
}

/* Sets /etc/subuid and /etc/subgid to this text, for this test only. */
static inline void grant(const char *text)
{
    if (geteuid() != 0)
        check_skip("needs root, to grant ids to its user: sudo make test");
    if (!exists("/usr/bin/newuidmap") || !exists("/etc/subuid") || !exists("/etc/subgid"))
        check_skip("needs newuidmap and /etc/subuid");
    write_file(in_fixture("granted"), text);
    assert_int_equal(mount(in_fixture("granted"), "/etc/subuid", NULL, MS_BIND, NULL), 0);
    assert_int_equal(mount(in_fixture("granted"), "/etc/subgid", NULL, MS_BIND, NULL), 0);
}

static inline void end_grant(void)
{
    umount2("/etc/subuid", MNT_DETACH);
    umount2("/etc/subgid", MNT_DETACH);
}

static inline void grant_to_user(void)
{
    char text[64];

    snprintf(text, sizeof(text), "%u:400000:65536\n", ordinary_uid());
    grant(text);
}

/* As sudo does, for fixture.prepare. */
static inline void forbid_core_files(void)
{
    const struct rlimit none = {0};

    if (setrlimit(RLIMIT_CORE, &none) < 0)
        _exit(99);
}

/* By sudo, the hard limit may be 0 already, and cannot be raised. */
static inline int allow_one_byte(void)
{
    const struct rlimit one = {1, 1};

    return setrlimit(RLIMIT_CORE, &one);
}

static inline int allow_core_files_again(void)
{
    forbid_core_files();
    return allow_one_byte();
}

/* What the core limits are inside, if the caller has 0. Not each root has CAP_SYS_RESOURCE. */
static inline const char *core_limits(void)
{
    return !fixture.as_user && in_child(allow_core_files_again) == 0 ? "1 1\n" : "0 0\n";
}

#define CORE_LIMITS "awk '/core/ { print $5, $6 }' /proc/self/limits"

#define assert_prints(text, ...)                                                                   \
    do {                                                                                           \
        if (run(__VA_ARGS__) != 0)                                                                 \
            fail_msg("stderr: %s", err);                                                           \
        assert_string_equal(out, text);                                                            \
        assert_string_equal(complaints(), "");                                                     \
    } while (0)

#define assert_fails(message, ...)                                                                 \
    do {                                                                                           \
        assert_int_equal(run(__VA_ARGS__), 125);                                                   \
        assert_contains(err, message);                                                             \
        assert_string_equal(out, "");                                                              \
    } while (0)

#define assert_usage(message, ...)                                                                 \
    do {                                                                                           \
        assert_int_equal(run("step05", __VA_ARGS__, fixture.image, "true"), 2);                    \
        assert_contains(err, message);                                                             \
        assert_contains(err, "usage: step05 ");                                                    \
    } while (0)

#endif
