#include "check.h"
#include "privilege.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/auxv.h>

static bool secure;

unsigned long __wrap_getauxval(unsigned long type)
{
    assert_int_equal(type, AT_SECURE);
    return secure;
}

static void a_caller_with_the_same_rights_is_served(void **state)
{
    secure = false;
    assert_int_equal(CATCH(privilege_check()), 0);
    assert_string_equal(caught, "");
}

static void rights_that_the_caller_lacks_are_refused(void **state)
{
    secure = true;
    assert_int_equal(CATCH(privilege_check()), -1);
    assert_int_equal(errno, EPERM);
    assert_contains(caught, "container: run with rights that the caller does not have: EPERM "
                            "(Operation not permitted)\n");
    assert_contains(caught, "container: hint: this file is setuid, setgid or has capabilities");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_caller_with_the_same_rights_is_served),
        cmocka_unit_test(rights_that_the_caller_lacks_are_refused),
    };
    return check_run(tests);
}
