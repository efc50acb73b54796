/* Each test runs in a child, whose limits cannot be raised again. */
#include "check.h"
#include "rlimits.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int get_error, set_error;
static bool pretends; /* that limits are as `core` says, and can be raised */
static struct rlimit core;
static const char *pattern;

int __real_getrlimit64(int resource, struct rlimit *limit);
int __wrap_getrlimit64(int resource, struct rlimit *limit)
{
    if (pretends)
        *limit = core;
    return get_error || pretends ? refuse(get_error) : __real_getrlimit64(resource, limit);
}

int __real_setrlimit64(int resource, const struct rlimit *limit);
int __wrap_setrlimit64(int resource, const struct rlimit *limit)
{
    if (pretends && !set_error)
        core = *limit;
    return set_error || pretends ? refuse(set_error) : __real_setrlimit64(resource, limit);
}

FILE *__real_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode)
{
    if (!pretends)
        return __real_fopen64(path, mode);
    assert_string_equal(path, "/proc/sys/kernel/core_pattern");
    return pattern ? fmemopen((char *)pattern, strlen(pattern), "r") : NULL;
}

static bool is(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit limit;

    return getrlimit(resource, &limit) == 0 && limit.rlim_cur <= soft && limit.rlim_max <= hard;
}

static int lower(void)
{
    return rlimits_lower(true) < 0 || !is(RLIMIT_CORE, 1, 1) || !is(RLIMIT_NOFILE, 1024, 4096) ||
           !is(RLIMIT_MEMLOCK, 65536, 65536) || !is(RLIMIT_SIGPENDING, 4096, 4096) ||
           !is(RLIMIT_MSGQUEUE, 409600, 409600) || !is(RLIMIT_RTPRIO, 0, 0) ||
           !is(RLIMIT_NICE, 0, 0) || is(RLIMIT_DATA, 1 << 29, 1 << 29);
}

static void the_limits_are_lowered(void **state)
{
    assert_int_equal(in_child(lower), 0);
}

static int replace(void)
{
    return rlimits_lower(false) < 0 || !is(RLIMIT_NPROC, 256, 256) ||
           !is(RLIMIT_DATA, 1 << 29, 1 << 29);
}

static void without_a_cgroup_there_are_two_more(void **state)
{
#ifdef __SANITIZE_ADDRESS__
    check_skip("the sanitizer needs more data, so there is no such limit with it");
#endif
    assert_int_equal(in_child(replace), 0);
}

static int lower_what_is_lower(void)
{
    struct rlimit few = {.rlim_cur = 64, .rlim_max = 100};

    if (setrlimit(RLIMIT_NOFILE, &few) < 0 || rlimits_lower(true) < 0)
        return 1;
    return getrlimit(RLIMIT_NOFILE, &few) < 0 || few.rlim_max != 100 || few.rlim_cur != 64;
}

static void no_limit_is_raised(void **state)
{
    assert_int_equal(in_child(lower_what_is_lower), 0);
}

static int take_those_of_the_parent(void)
{
    struct rlimit few = {.rlim_cur = 64, .rlim_max = 100}, many = {.rlim_cur = 9, .rlim_max = 10};
    struct rlimits parents;

    if (rlimits_read(&parents, getppid()) < 0)
        return 1;
    parents.all[RLIMIT_NOFILE] = few;
    if (setrlimit(RLIMIT_SIGPENDING, &many) < 0 || rlimits_take(&parents) < 0)
        return 2;
    return !is(RLIMIT_NOFILE, 64, 100) || !is(RLIMIT_SIGPENDING, 10, 10);
}

static void those_of_another_process_are_taken_but_raise_none(void **state)
{
    assert_int_equal(in_child(take_those_of_the_parent), 0);
}

enum { CANNOT = 9 };

static int take_from_one_that_has_no_core_limit(void)
{
    struct rlimit limit = {.rlim_cur = 1, .rlim_max = 1};
    struct rlimits all;

    if (setrlimit(RLIMIT_CORE, &limit) < 0)
        return CANNOT;
    if (rlimits_read(&all, getpid()) < 0)
        return 1;
    all.all[RLIMIT_CORE] = (struct rlimit){0};
    if (rlimits_take(&all) < 0 || getrlimit(RLIMIT_CORE, &limit) < 0)
        return 2;
    return limit.rlim_cur != 1 || limit.rlim_max != 1;
}

static void the_core_limit_is_one_even_if_that_of_the_other_process_is_zero(void **state)
{
    int status = in_child(take_from_one_that_has_no_core_limit);

    if (status == CANNOT)
        check_skip("the hard core limit is 0 here, and cannot be raised");
    assert_int_equal(status, 0);
}

static void assert_core(rlim_t soft, rlim_t hard)
{
    assert_int_equal(core.rlim_cur, soft);
    assert_int_equal(core.rlim_max, hard);
}

static void a_core_limit_of_zero_is_raised(void **state)
{
    pretends = true;
    core = (struct rlimit){0};
    assert_int_equal(CATCH(rlimits_raise_core()), 0);
    assert_string_equal(caught, "");
    assert_core(1, 1);
    core = (struct rlimit){0, RLIM_INFINITY};
    assert_int_equal(CATCH(rlimits_raise_core()), 0);
    assert_core(0, RLIM_INFINITY); /* rlimits_lower() can do the rest */
    pretends = false;
}

static void a_note_says_that_zero_must_stay_and_a_program_starts(void **state)
{
    static const char *const harmless[] = {"core", "/var/core.%p"};

    pretends = true;
    core = (struct rlimit){0};
    set_error = EPERM;
    for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
        pattern = harmless[i];
        assert_int_equal(CATCH(rlimits_raise_core()), 0);
        assert_string_equal(caught, "");
    }
    pattern = "|/usr/lib/systemd/systemd-coredump %P";
    assert_int_equal(CATCH(rlimits_raise_core()), 0);
    assert_contains(caught,
                    "container: when a command in the container crashes, the kernel starts ");
    assert_contains(caught, ": sudo prlimit --pid $$ --core=1, ");
    pattern = NULL; /* who cannot read it does not know */
    assert_int_equal(CATCH(rlimits_raise_core()), 0);
    assert_contains(caught, "the kernel starts a program of the host");
    pattern = "";
    assert_int_equal(CATCH(rlimits_raise_core()), 0);
    assert_contains(caught, "the kernel starts a program of the host");
    set_error = EINVAL;
    assert_int_equal(CATCH(rlimits_raise_core()), -1);
    assert_string_equal(caught,
                        "container: raise the limit core from 0 to 1: EINVAL (Invalid argument)\n");
    get_error = EINVAL;
    assert_int_equal(CATCH(rlimits_raise_core()), -1);
    assert_string_equal(caught, "container: read the limit core: EINVAL (Invalid argument)\n");
    get_error = set_error = 0;
    pretends = false;
}

/* Then the cure for a program would not help. */
static void a_note_says_that_memory_goes_to_a_socket(void **state)
{
    pretends = true;
    pattern = "@/run/handler";
    core = (struct rlimit){0, RLIM_INFINITY};
    assert_int_equal(CATCH(rlimits_raise_core()), 0);
    assert_contains(caught, "the kernel sends its memory to a socket of the host");
    core = (struct rlimit){0};
    set_error = EPERM;
    assert_int_equal(CATCH(rlimits_raise_core()), 0);
    assert_contains(caught, "no limit prevents that");
    assert_null(strstr(caught, "prlimit"));
    set_error = 0;
    pretends = false;
}

static void each_refusal_is_reported(void **state)
{
    get_error = EINVAL;
    assert_int_equal(CATCH(rlimits_lower(true)), -1);
    assert_string_equal(caught, "container: read the limit core: EINVAL (Invalid argument)\n");
    get_error = 0;
    set_error = EPERM;
    assert_int_equal(CATCH(rlimits_lower(true)), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: lower the limit core: EPERM (Operation not permitted)\n");
    set_error = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limits_are_lowered),
        cmocka_unit_test(without_a_cgroup_there_are_two_more),
        cmocka_unit_test(no_limit_is_raised),
        cmocka_unit_test(those_of_another_process_are_taken_but_raise_none),
        cmocka_unit_test(the_core_limit_is_one_even_if_that_of_the_other_process_is_zero),
        cmocka_unit_test(a_core_limit_of_zero_is_raised),
        cmocka_unit_test(a_note_says_that_zero_must_stay_and_a_program_starts),
        cmocka_unit_test(a_note_says_that_memory_goes_to_a_socket),
        cmocka_unit_test(each_refusal_is_reported),
    };
    return check_run(tests);
}
