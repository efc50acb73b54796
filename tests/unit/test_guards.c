/* Each test writes a status such as that of proc(5) into a folder. */
#include "check.h"
#include "files.h"
#include "guards.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char *folder;

static const char *status_of(unsigned long long bounding, unsigned no_new_privs, unsigned mode,
                             unsigned filters)
{
    static char text[512];

    snprintf(
        text, sizeof(text),
        "Name:\tCapBnd: "
        "0\nPPid:\t7\nUid:\t1\t2\nGid:\t3\t4\nCapBnd:\t%016llx\nNoNewPrivs:\t%u\nSeccomp:\t%u\n"
        "Seccomp_filters:\t%u\nSpeculation_Store_Bypass:\tvulnerable\n",
        bounding, no_new_privs, mode, filters);
    return text;
}

static int refuse_status(const struct status *own, const char *text)
{
    int proc = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

    write_file(path_in(folder, "status"), text);
    int result = CATCH(guards_refuse(own, proc, 42));
    close(proc);
    return result;
}

static void assert_refused(const struct status *own, const char *status, const char *guard)
{
    char message[256];

    snprintf(message, sizeof(message),
             "container: enter process 42: it has %s, and a command that enters would not: "
             "EPERM (Operation not permitted)\n",
             guard);
    assert_int_equal(refuse_status(own, status), -1);
    assert_int_equal(errno, EPERM);
    assert_contains(caught, message);
    assert_contains(caught, "container: hint: only a program that sets");
}

static void each_guard_is_seen(void **state)
{
    const struct status own = {.bounding = 0x1ff};

    assert_int_equal(refuse_status(&own, status_of(0x1ff, 0, 0, 0)), 0);
    assert_string_equal(caught, "");
    assert_refused(&own, status_of(0x1ff, 0, 2, 1), "a filter of system calls");
    assert_refused(&own, status_of(0x1ff, 0, 1, 0), "a filter of system calls");
    assert_refused(&own, status_of(0x1ff, 1, 0, 0), "no_new_privs");
    assert_refused(&own, status_of(0x0ff, 0, 0, 0), "a smaller bounding set of capabilities");
    assert_refused(&own, status_of(0, 0, 0, 0), "a smaller bounding set of capabilities");
}

/* All that the caller starts has them, also a container without guards of its own. */
static void the_callers_own_guards_are_no_reason(void **state)
{
    const struct status own = {.bounding = 0x0f, .no_new_privs = 1, .mode = 2, .filters = 2};

    assert_int_equal(refuse_status(&own, status_of(0x0f, 1, 2, 2)), 0);
    assert_int_equal(refuse_status(&own, status_of(0x1ff, 1, 2, 2)), 0);
    assert_refused(&own, status_of(0x0f, 1, 2, 3), "a filter of system calls");
    assert_refused(&own, status_of(0x0e, 1, 2, 2), "a smaller bounding set of capabilities");
}

static void a_status_that_cannot_be_read_is_no_good_one(void **state)
{
    static const char *const bad[] = {"", "CapBnd:\t1ff\n", "NoNewPrivs:\t0\n",
                                      " CapBnd:\t1ff\nxNoNewPrivs:\t0\n",
                                      "CapBnd:\tx\nNoNewPrivs:\t\n"};
    const struct status own = {.bounding = 0x1ff};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(refuse_status(&own, bad[i]), -1);
        assert_int_equal(errno, EINVAL);
        assert_string_equal(caught, "container: read /proc/42/status: EINVAL (Invalid argument)\n");
    }
    unlink(path_in(folder, "status"));
    assert_int_equal(CATCH(guards_refuse(&own, AT_FDCWD, 42)), -1);
    assert_contains(caught, "container: read /proc/42/status: ENOENT");
}

static int compare_with_self(void)
{
    struct status before, after;
    int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (guards_read_own(&before) < 0 || before.bounding == 0)
        return 1;
    if (guards_refuse(&before, proc, getpid()) < 0)
        return 2;
    if (before.no_new_privs)
        return 0;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (guards_read_own(&after) < 0 || after.no_new_privs != 1)
        return 3;
    return CATCH(guards_refuse(&before, proc, getpid())) == -1 && errno == EPERM ? 0 : 4;
}

static void the_kernels_own_file_is_understood(void **state)
{
    assert_int_equal(in_child(compare_with_self), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_guard_is_seen),
        cmocka_unit_test(the_callers_own_guards_are_no_reason),
        cmocka_unit_test(a_status_that_cannot_be_read_is_no_good_one),
        cmocka_unit_test(the_kernels_own_file_is_understood),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
