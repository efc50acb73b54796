#include "check.h"
#include "no_new_privs.h"

#include <errno.h>
#include <sys/prctl.h>

static int prctl_error;

int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
    return prctl_error ? refuse(prctl_error) : __real_prctl(option, a, b, c, d);
}

static int get(void)
{
    return __real_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

static int set_and_get(void)
{
    if (get() != 0 || no_new_privs_set() < 0 || no_new_privs_set() < 0)
        return 99;
    return get() + in_child(get); /* a child has it too */
}

static void it_is_set_for_good(void **state)
{
    if (get() != 0)
        check_skip("it is set for this test already");
    assert_int_equal(in_child(set_and_get), 2);
}

static void a_refusal_is_reported(void **state)
{
    prctl_error = EINVAL;
    assert_int_equal(CATCH(no_new_privs_set()), -1);
    assert_int_equal(errno, EINVAL);
    assert_string_equal(caught,
                        "container: prctl PR_SET_NO_NEW_PRIVS: EINVAL (Invalid argument)\n");
    prctl_error = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_set_for_good),
        cmocka_unit_test(a_refusal_is_reported),
    };
    return check_run(tests);
}
