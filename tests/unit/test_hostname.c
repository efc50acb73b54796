#include "check.h"
#include "hostname.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int sethostname_error;
static char set_to[64];

int __wrap_sethostname(const char *name, size_t length)
{
    snprintf(set_to, sizeof(set_to), "%.*s", (int)length, name);
    return refuse(sethostname_error);
}

static void hostname_set_sets_the_whole_name(void **state)
{
    sethostname_error = 0;
    assert_int_equal(hostname_set("web-1"), 0);
    assert_string_equal(set_to, "web-1");
}

static void hostname_set_reports_a_refusal(void **state)
{
    sethostname_error = EPERM;
    assert_int_equal(CATCH(hostname_set("web")), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: set the host name to web: EPERM (Operation not permitted)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostname_set_sets_the_whole_name),
        cmocka_unit_test(hostname_set_reports_a_refusal),
    };
    return check_run(tests);
}
