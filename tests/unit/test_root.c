#include "acts.h"
#include "check.h"
#include "root.h"

#include <errno.h>
#include <stdbool.h>

int __wrap_mount_fd_restrict(const char *path, unsigned attributes)
{
    return act("restrict %s %s", path, attribute_names(attributes));
}

static int restrict_root(bool read_only, int refused)
{
    acts_begin(refused, EPERM);
    return root_restrict(read_only);
}

static void setuid_programs_and_devices_do_not_count_on_it(void **state)
{
    assert_int_equal(restrict_root(false, 0), 0);
    assert_string_equal(acts, "restrict / nosuid,nodev\n");
}

static void it_may_be_read_only_too(void **state)
{
    assert_int_equal(restrict_root(true, 0), 0);
    assert_string_equal(acts, "restrict / ro,nosuid,nodev\n");
}

static void a_refusal_is_passed_on(void **state)
{
    assert_int_equal(restrict_root(false, 1), -1);
    assert_int_equal(errno, EPERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setuid_programs_and_devices_do_not_count_on_it),
        cmocka_unit_test(it_may_be_read_only_too),
        cmocka_unit_test(a_refusal_is_passed_on),
    };
    return check_run(tests);
}
