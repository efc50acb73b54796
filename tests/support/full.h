/*
 * full: what the tests of step05 share. They also show each hole in the step before it.
 */
#ifndef FULL_H
#define FULL_H

#include "harness.h"

#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

/* Fails where the hard limit is 0 already, and this process may not raise it. */
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

/*
 * What a caller may have before others, for fixture.prepare. Not each root has the right to all.
 * PRIORITIES prints what of it is there. What is less than usual may be: a desktop's users have an
 * oom_score_adj of 200.
 */
static inline void take_priorities(void)
{
    enum { OF_PROCESS = 1, CLASS_SHIFT = 13, REAL_TIME = 1 };

    const struct sched_param least = {.sched_priority = 1};

    sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &least);
    setpriority(PRIO_PROCESS, 0, -10);
    syscall(SYS_ioprio_set, OF_PROCESS, 0, REAL_TIME << CLASS_SHIFT);
    shell("echo -500 >/proc/$PPID/oom_score_adj 2>/dev/null || true");
    personality(ADDR_NO_RANDOMIZE | UNAME26 | PER_BSD);
}

#define PRIORITIES                                                                                 \
    "awk '$19 < 0 { print \"nice\" } $41 ~ /^[126]$/ { print \"policy\" }' /proc/self/stat; "      \
    "ionice -p $$ | grep real; grep '^-' /proc/self/oom_score_adj; cat /proc/self/personality; "   \
    "case $(uname -r) in 2.6.*) uname -r ;; esac"

#define NO_PRIORITY "00000000\n"

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
