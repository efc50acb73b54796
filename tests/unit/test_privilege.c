#include "check.h"
#include "privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

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

static unsigned uid;
static unsigned effective[2];
static int capget_error;

uid_t __wrap_geteuid(void)
{
    return uid;
}

long __wrap_syscall(long number, void *header, struct __user_cap_data_struct *data)
{
    assert_int_equal(number, SYS_capget);
    data[0].effective = effective[0];
    data[1].effective = effective[1];
    return refuse(capget_error);
}

static void root_may_lack_a_capability(void **state)
{
    uid = 0;
    effective[0] = ~0U;
    effective[1] = ~0U;
    assert_false(privilege_lacks(CAP_CHOWN));
    assert_false(privilege_lacks(CAP_SYS_ADMIN));
    assert_false(privilege_lacks(CAP_SYSLOG)); /* number 34, in the second word */
    effective[0] = ~(1U << CAP_SYS_ADMIN);
    assert_true(privilege_lacks(CAP_SYS_ADMIN));
    assert_false(privilege_lacks(CAP_CHOWN));
    effective[0] = ~0U;
    effective[1] = 0;
    assert_true(privilege_lacks(CAP_SYSLOG));
    assert_false(privilege_lacks(CAP_CHOWN));
    uid = 1000; /* of whom nobody expects it */
    assert_false(privilege_lacks(CAP_SYSLOG));
    uid = 0;
    capget_error = EINVAL; /* without an answer, nothing is said of it */
    assert_false(privilege_lacks(CAP_SYSLOG));
    capget_error = 0;
}

static void what_root_lacks_is_named(void **state)
{
    uid = 0;
    effective[0] = ~(1U << CAP_CHOWN);
    errno = EACCES;
    assert_true(CATCH(privilege_hint(CAP_CHOWN)));
    assert_int_equal(errno, EACCES);
    assert_string_equal(caught,
                        "container: hint: root lacks CAP_CHOWN here: a container, a unit of "
                        "systemd or capsh has taken it\n");
    assert_false(CATCH(privilege_hint(CAP_SETUID)));
    assert_string_equal(caught, "");
}

static void what_is_needed_and_lacked_is_refused(void **state)
{
    static const int needed[] = {CAP_CHOWN, CAP_FOWNER};

    uid = 0;
    effective[0] = ~0U;
    assert_int_equal(CATCH(privilege_need(needed, 2, "to do this")), 0);
    effective[0] = ~(1U << CAP_FOWNER);
    assert_int_equal(CATCH(privilege_need(needed, 1, "to do this")), 0);
    assert_string_equal(caught, "");
    assert_int_equal(CATCH(privilege_need(needed, 2, "to do this")), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught, "container: root lacks CAP_FOWNER here, to do this: EPERM "
                                "(Operation not permitted)\n");
    uid = 1000;
    assert_int_equal(CATCH(privilege_need(needed, 2, "to do this")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_caller_with_the_same_rights_is_served),
        cmocka_unit_test(root_may_lack_a_capability),
        cmocka_unit_test(what_root_lacks_is_named),
        cmocka_unit_test(what_is_needed_and_lacked_is_refused),
        cmocka_unit_test(rights_that_the_caller_lacks_are_refused),
    };
    return check_run(tests);
}
