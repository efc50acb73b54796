#include "check.h"
#include "chroot.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <unistd.h>

static int chroot_error, chdir_error;
static int chroots, chdirs;

int __wrap_chroot(const char *path)
{
    assert_string_equal(path, "/image");
    chroots++;
    return refuse(chroot_error);
}

int __wrap_chdir(const char *path)
{
    assert_string_equal(path, "/");
    assert_int_equal(chroots, 1); /* before chroot, "/" is the host's */
    chdirs++;
    return refuse(chdir_error);
}

static bool lacks; /* whether root lacks the capability that the act needs */

bool __wrap_privilege_hint(int capability)
{
    assert_int_equal(capability, CAP_SYS_CHROOT);
    return lacks;
}

static int enter(int error_of_chroot, int error_of_chdir)
{
    chroots = chdirs = 0;
    chroot_error = error_of_chroot;
    chdir_error = error_of_chdir;
    return CATCH(chroot_enter("/image"));
}

static void chroot_enter_changes_the_root_and_then_the_directory(void **state)
{
    assert_int_equal(enter(0, 0), 0);
    assert_string_equal(caught, "");
    assert_int_equal(chdirs, 1);
}

static void chroot_enter_without_privilege_says_who_may(void **state)
{
    assert_int_equal(enter(EPERM, 0), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: chroot to /image: EPERM (Operation not permitted)\n"
                        "container: hint: only root may do this: call the program by sudo\n");
    assert_int_equal(chdirs, 0);
}

static void chroot_enter_of_a_root_without_the_capability_says_no_more(void **state)
{
    lacks = true;
    assert_int_equal(enter(EPERM, 0), -1);
    lacks = false;
    assert_string_equal(caught, "container: chroot to /image: EPERM (Operation not permitted)\n");
}

static void chroot_enter_has_no_hint_for_another_error(void **state)
{
    assert_int_equal(enter(ENOENT, 0), -1);
    assert_int_equal(errno, ENOENT);
    assert_string_equal(caught,
                        "container: chroot to /image: ENOENT (No such file or directory)\n");
}

static void chroot_enter_fails_when_it_cannot_leave_the_old_directory(void **state)
{
    assert_int_equal(enter(0, EACCES), -1);
    assert_int_equal(errno, EACCES);
    assert_string_equal(caught, "container: chdir to / in /image: EACCES (Permission denied)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chroot_enter_changes_the_root_and_then_the_directory),
        cmocka_unit_test(chroot_enter_without_privilege_says_who_may),
        cmocka_unit_test(chroot_enter_of_a_root_without_the_capability_says_no_more),
        cmocka_unit_test(chroot_enter_has_no_hint_for_another_error),
        cmocka_unit_test(chroot_enter_fails_when_it_cannot_leave_the_old_directory),
    };
    return check_run(tests);
}
