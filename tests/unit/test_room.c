#include "check.h"
#include "room.h"

#include <errno.h>
#include <sys/resource.h>

static rlim_t stack_kib, files;
static int getrlimit_error;

int __wrap_getrlimit64(int resource, struct rlimit *limit)
{
    limit->rlim_cur = resource != RLIMIT_STACK     ? files
                      : stack_kib == RLIM_INFINITY ? RLIM_INFINITY
                                                   : stack_kib * 1024;
    return refuse(getrlimit_error);
}

static int check(rlim_t kib, rlim_t count)
{
    stack_kib = kib;
    files = count;
    return CATCH(room_check());
}

static void what_is_enough_is_no_news(void **state)
{
    assert_int_equal(check(8192, 1024), 0);
    assert_int_equal(check(256, 32), 0);
    assert_int_equal(check(RLIM_INFINITY, RLIM_INFINITY), 0);
    assert_string_equal(caught, "");
}

static void too_small_a_stack_has_a_cure(void **state)
{
    assert_int_equal(check(255, 1024), -1);
    assert_int_equal(check(64, 1024), -1);
    assert_string_equal(caught, "container: the stack may have 64 KiB, and needs 256\n"
                                "container: hint: ulimit -s 8192\n");
}

static void too_few_open_files_have_a_cure(void **state)
{
    assert_int_equal(check(8192, 31), -1);
    assert_int_equal(check(8192, 4), -1);
    assert_int_equal(errno, EMFILE);
    assert_string_equal(caught, "container: open files: 4 are allowed, and 32 are needed: EMFILE "
                                "(Too many open files)\n"
                                "container: hint: ulimit -n 1024\n");
}

static void a_refused_look_is_reported(void **state)
{
    getrlimit_error = EPERM;
    assert_int_equal(check(8192, 1024), -1);
    getrlimit_error = 0;
    assert_string_equal(caught, "container: getrlimit: EPERM (Operation not permitted)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_enough_is_no_news),
        cmocka_unit_test(too_small_a_stack_has_a_cure),
        cmocka_unit_test(too_few_open_files_have_a_cure),
        cmocka_unit_test(a_refused_look_is_reported),
    };
    return check_run(tests);
}
