#include "check.h"
#include "pivot.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* What was done, a line each; the call that is refused, counted from 1, and why. */
static char acts[512];
static int count, refused, refusal;

static int act(const char *call, const char *path)
{
    size_t length = strlen(acts);

    snprintf(acts + length, sizeof(acts) - length, "%s %s\n", call, path);
    return refuse(++count == refused ? refusal : 0);
}

int __wrap_chdir(const char *path)
{
    return act("chdir", path);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    assert_int_equal(mode, 0700);
    return act("mkdir", path);
}

long __wrap_syscall(long number, const char *root, const char *old)
{
    assert_int_equal(number, SYS_pivot_root);
    assert_string_equal(root, ".");
    return act("pivot_root", old);
}

int __wrap_umount2(const char *path, int flags)
{
    assert_int_equal(flags, MNT_DETACH); /* the host's mounts are busy */
    return act("umount", path);
}

int __wrap_rmdir(const char *path)
{
    return act("rmdir", path);
}

static void begin(int number, int error)
{
    *acts = '\0';
    count = 0;
    refused = number;
    refusal = error;
}

static int enter(int number, int error)
{
    begin(number, error);
    return CATCH(pivot_enter("/tmp/web/merged"));
}

static int detach(int number, int error)
{
    begin(number, error);
    return CATCH(pivot_detach());
}

static void the_old_root_goes_below_the_new_one_and_then_away(void **state)
{
    (void)state;
    assert_int_equal(enter(0, 0), 0);
    assert_string_equal(acts, "chdir /tmp/web/merged\nmkdir .host\npivot_root .host\nchdir /\n");
    assert_int_equal(detach(0, 0), 0);
    assert_string_equal(acts, "umount /.host\nrmdir /.host\n");
    assert_string_equal(caught, "");
}

static void assert_refused(int result, int acts_done, int error, const char *message)
{
    assert_int_equal(result, -1);
    assert_int_equal(errno, error);
    assert_string_equal(caught, message);
    assert_int_equal(count, acts_done); /* the last one is the one that was refused */
}

static void each_refusal_is_reported_and_ends_it(void **state)
{
    (void)state;
    assert_refused(enter(1, ENOENT), 1, ENOENT,
                   "container: chdir to /tmp/web/merged: ENOENT (No such file or directory)\n");
    assert_refused(enter(2, EEXIST), 2, EEXIST,
                   "container: mkdir /.host in the image: EEXIST (File exists)\n");
    assert_refused(enter(3, EPERM), 3, EPERM,
                   "container: pivot_root to /tmp/web/merged: EPERM (Operation not permitted)\n");
    assert_refused(enter(4, EACCES), 4, EACCES,
                   "container: chdir to /: EACCES (Permission denied)\n");
    assert_refused(detach(1, EPERM), 1, EPERM,
                   "container: umount /.host: EPERM (Operation not permitted)\n");
    assert_refused(detach(2, EBUSY), 2, EBUSY,
                   "container: rmdir /.host: EBUSY (Device or resource busy)\n");
}

static void the_initramfs_is_the_known_cause_of_einval(void **state)
{
    (void)state;
    assert_refused(enter(3, EINVAL), 3, EINVAL,
                   "container: pivot_root to /tmp/web/merged: EINVAL (Invalid argument)\n"
                   "container: hint: pivot_root does not work where / is the initramfs: "
                   "switch_root first\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_root_goes_below_the_new_one_and_then_away),
        cmocka_unit_test(each_refusal_is_reported_and_ends_it),
        cmocka_unit_test(the_initramfs_is_the_known_cause_of_einval),
    };
    return check_run(tests);
}
