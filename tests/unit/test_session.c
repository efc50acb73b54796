/* Each test runs in a child, which does not lead a session yet. */
#include "check.h"
#include "session.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int keyctl_error;

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    return number == SYS_keyctl && keyctl_error ? refuse(keyctl_error)
                                                : __real_syscall(number, a, b, c, d, e, f);
}

static long session_keyring(void)
{
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0, 0, 0, 0);
}

enum { NO_KEYRINGS = 99 };

static int start(void)
{
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0, 0);
    long before = session_keyring(), keys[4];
    pid_t session = getsid(0);

    if (session_start() < 0 || getsid(0) != getpid() || session == getpid())
        return 1;
    if (before < 0)
        return NO_KEYRINGS;
    if (session_keyring() == before)
        return 2;
    /* The new keyring is empty: of its keys, 0 bytes are read. */
    return syscall(SYS_keyctl, KEYCTL_READ, KEY_SPEC_SESSION_KEYRING, keys, sizeof(keys), 0, 0) !=
           0;
}

static void a_session_and_an_empty_keyring_begin(void **state)
{
    int result = CATCH(in_child(start));
    assert_string_equal(caught, "");
    if (result == NO_KEYRINGS)
        check_skip("this kernel has no keyrings");
    assert_int_equal(result, 0);
}

static int start_twice(void)
{
    return session_start() < 0 || session_start() == 0 || errno != EPERM;
}

static void a_leader_cannot_start_one(void **state)
{
    assert_int_equal(CATCH(in_child(start_twice)), 0);
    assert_string_equal(caught, "container: setsid: EPERM (Operation not permitted)\n");
}

static int start_without(void)
{
    return session_start() < 0 ? 1 : 0;
}

static void a_refused_keyring_is_reported_but_a_kernel_may_have_none(void **state)
{
    keyctl_error = EDQUOT;
    assert_int_equal(CATCH(in_child(start_without)), 1);
    assert_contains(caught, "container: join a new session keyring: EDQUOT");
    keyctl_error = ENOSYS;
    assert_int_equal(CATCH(in_child(start_without)), 0);
    assert_string_equal(caught, "");
    keyctl_error = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_and_an_empty_keyring_begin),
        cmocka_unit_test(a_leader_cannot_start_one),
        cmocka_unit_test(a_refused_keyring_is_reported_but_a_kernel_may_have_none),
    };
    return check_run(tests);
}
