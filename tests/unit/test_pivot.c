#include "acts.h"
#include "check.h"
#include "pivot.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/syscall.h>

int __wrap_chdir(const char *path)
{
    return act("chdir %s", path);
}

long __wrap_syscall(long number, const char *root, const char *old)
{
    assert_int_equal(number, SYS_pivot_root);
    return act("pivot_root %s %s", root, old);
}

int __wrap_umount2(const char *path, int flags)
{
    assert_int_equal(flags, MNT_DETACH); /* the host's mounts are busy */
    return act("umount %s", path);
}

static int enter(int refused, int error)
{
    acts_begin(refused, error);
    return CATCH(pivot_enter("/tmp/web/merged"));
}

static void the_old_root_lands_on_the_new_one_and_goes_away(void **state)
{
    assert_int_equal(enter(0, 0), 0);
    assert_string_equal(acts, "chdir /tmp/web/merged\npivot_root . .\numount .\nchdir /\n");
    assert_string_equal(caught, "");
}

static void assert_refused(int number, int error, const char *message)
{
    assert_int_equal(enter(number, error), -1);
    assert_int_equal(errno, error);
    assert_string_equal(caught, message);
    assert_int_equal(acts_count, number);
}

static void each_refusal_is_reported_and_ends_it(void **state)
{
    assert_refused(1, ENOENT,
                   "container: chdir to /tmp/web/merged: ENOENT (No such file or directory)\n");
    assert_refused(2, EPERM,
                   "container: pivot_root to /tmp/web/merged: EPERM (Operation not permitted)\n");
    assert_refused(3, EPERM,
                   "container: umount the host's root: EPERM (Operation not permitted)\n");
    assert_refused(4, EACCES, "container: chdir to /: EACCES (Permission denied)\n");
}

static void the_initramfs_is_the_known_cause_of_einval(void **state)
{
    assert_refused(2, EINVAL,
                   "container: pivot_root to /tmp/web/merged: EINVAL (Invalid argument)\n"
                   "container: hint: pivot_root does not work where / is the initramfs: "
                   "switch_root first\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_root_lands_on_the_new_one_and_goes_away),
        cmocka_unit_test(each_refusal_is_reported_and_ends_it),
        cmocka_unit_test(the_initramfs_is_the_known_cause_of_einval),
    };
    return check_run(tests);
}
