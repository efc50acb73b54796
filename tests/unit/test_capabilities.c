#include "capabilities.h"
#include "check.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

/* The call that is refused, while all are without effect. */
static const char *refused;

static int act(const char *call)
{
    return refuse(strcmp(refused, call) == 0 ? EPERM : 0);
}

int __real_cap_drop_bound(cap_value_t capability);
int __wrap_cap_drop_bound(cap_value_t capability)
{
    return refused ? act("cap_drop_bound") : __real_cap_drop_bound(capability);
}

int __real_cap_reset_ambient(void);
int __wrap_cap_reset_ambient(void)
{
    return refused ? act("cap_reset_ambient") : __real_cap_reset_ambient();
}

int __real_cap_set_proc(cap_t state);
int __wrap_cap_set_proc(cap_t state)
{
    return refused ? act("cap_set_proc") : __real_cap_set_proc(state);
}

static unsigned long long set_of(const char *name)
{
    char line[256], format[32];
    unsigned long long set = 0;
    FILE *status = fopen("/proc/self/status", "re");

    snprintf(format, sizeof(format), "%s: %%llx", name);
    while (status && fgets(line, sizeof(line), status) && sscanf(line, format, &set) != 1)
        ;
    if (status)
        fclose(status);
    return set;
}

/* All that a root has, and some in the two sets that are mostly empty. */
static bool begin_with_all(void)
{
    const cap_value_t some[] = {CAP_CHOWN, CAP_SYS_ADMIN};

    if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
        return false;
    cap_t state = cap_get_proc();
    if (cap_set_flag(state, CAP_INHERITABLE, 2, some, CAP_SET) < 0 || cap_set_proc(state) < 0 ||
        cap_set_ambient(CAP_CHOWN, CAP_SET) < 0 || cap_set_ambient(CAP_SYS_ADMIN, CAP_SET) < 0)
        return false;
    cap_free(state);
    return set_of("CapAmb") != 0 && set_of("CapInh") != 0;
}

enum { CANNOT = 99 };

static int limit_and_look(void)
{
    if (!begin_with_all())
        return CANNOT;
    if (capabilities_limit() < 0)
        return 1;
    fprintf(stderr, "bounding %llx permitted %llx effective %llx inheritable %llx ambient %llx\n",
            set_of("CapBnd"), set_of("CapPrm"), set_of("CapEff"), set_of("CapInh"),
            set_of("CapAmb"));
    return 0;
}

/* 800404fb: chown dac_override fowner fsetid kill setgid setuid net_bind_service sys_chroot setfcap
 */
static void ten_are_left(void **state)
{
    (void)state;
    int result = CATCH(in_child(limit_and_look));
    if (result == CANNOT)
        check_skip("needs root or user namespaces");
    assert_int_equal(result, 0);
    assert_string_equal(caught, "bounding 800404fb permitted 800404fb effective 800404fb "
                                "inheritable 0 ambient 0\n");
}

static void assert_refused(const char *call, const char *message)
{
    refused = call;
    assert_int_equal(CATCH(capabilities_limit()), -1);
    refused = NULL;
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught, message);
}

static void each_refusal_is_reported(void **state)
{
    (void)state;
    assert_refused("cap_drop_bound", "container: drop capability 2 from the bounding set: EPERM "
                                     "(Operation not permitted)\n");
    assert_refused("cap_reset_ambient",
                   "container: empty the ambient capabilities: EPERM (Operation not permitted)\n");
    assert_refused("cap_set_proc",
                   "container: set the capabilities: EPERM (Operation not permitted)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_are_left),
        cmocka_unit_test(each_refusal_is_reported),
    };
    return check_run(tests);
}
