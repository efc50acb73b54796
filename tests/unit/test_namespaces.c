#include "check.h"
#include "namespaces.h"
#include "process.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int clone_error, gate_error, mount_error;
static unsigned long long clone_flags;
static const char *forbidding; /* the setting that forbids them */

/*
 * Here the child is a plain one, so that no test needs privilege. Without arguments it is asked
 * whether the call is there.
 */
long __wrap_syscall(long number, struct clone_args *args, size_t size)
{
    assert_int_equal(number, SYS_clone3);
    if (!args)
        return refuse(clone_error ? clone_error : EINVAL);
    assert_int_equal(size, sizeof(*args));
    assert_int_equal(args->exit_signal, SIGCHLD);
    clone_flags = args->flags;
    return clone_error ? refuse(clone_error) : fork();
}

int __real_socketpair(int domain, int type, int protocol, int ends[2]);
int __wrap_socketpair(int domain, int type, int protocol, int ends[2])
{
    assert_true(type & SOCK_CLOEXEC); /* or the command would inherit it */
    return gate_error ? refuse(gate_error) : __real_socketpair(domain, type, protocol, ends);
}

int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
                 const void *data)
{
    assert_string_equal(target, "/");
    assert_int_equal(flags, MS_REC | MS_PRIVATE);
    return refuse(mount_error);
}

int __wrap_file_read(const char *path, char *text, size_t size)
{
    if (!forbidding || !strstr(path, forbidding))
        return refuse(ENOENT);
    snprintf(text, size, "%s", strstr(path, "apparmor") ? "1" : "0");
    return 0;
}

static int has_user = 1, has_group = 1; /* in the caller's maps */

int __wrap_idmap_has(const char *map, unsigned first, unsigned count)
{
    bool is_user = strcmp(map, "uid_map") == 0;

    assert_true(is_user || strcmp(map, "gid_map") == 0);
    assert_int_equal(first, is_user ? geteuid() : getegid());
    assert_int_equal(count, 1);
    return is_user ? has_user : has_group;
}

static bool admitted;

static int admit(void *arg, pid_t child)
{
    assert_true(child > 0);
    admitted = true;
    return *(int *)arg;
}

static int enter(void *arg)
{
    return 7;
}

static int run(int admission)
{
    admitted = false;
    return CATCH(namespaces_run(enter, admit, &admission));
}

static void all_six_namespaces_are_made_in_one_call(void **state)
{
    assert_int_equal(run(0), 7);
    assert_string_equal(caught, "");
    assert_true(admitted);
    assert_int_equal(clone_flags, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
                                      CLONE_NEWNET | CLONE_NEWPID);
    assert_int_equal(NAMESPACES_ALL, clone_flags);
}

static void the_child_does_nothing_unless_admitted(void **state)
{
    assert_int_equal(run(-1), EXIT_NOT_MADE);
    assert_true(admitted);
    assert_string_equal(caught, ""); /* admit has reported */
}

static void assert_hint(const char *setting, int error, const char *cure)
{
    forbidding = setting;
    clone_error = error;
    assert_int_equal(run(0), EXIT_NOT_MADE);
    clone_error = 0;
    forbidding = NULL;
    assert_false(admitted);
    assert_contains(caught, "container: clone3 with new namespaces: E");
    assert_contains(caught, cure);
}

static void what_forbids_user_namespaces_is_named_with_its_cure(void **state)
{
    assert_hint("unprivileged_userns_clone", EPERM,
                "sudo sysctl -w kernel.unprivileged_userns_clone=1\n");
    assert_hint("apparmor", EPERM,
                "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\n");
    assert_hint("max_user_namespaces", ENOSPC, "sudo sysctl -w user.max_user_namespaces=10000\n");
    assert_hint("max_net_namespaces", ENOSPC, "sudo sysctl -w user.max_net_namespaces=10000\n");
    assert_hint("nothing", EPERM, "inside a chroot");
}

static void a_setting_that_does_not_forbid_this_is_not_blamed(void **state)
{
    static const char *const settings[] = {"unprivileged_userns_clone", "apparmor"};

    clone_error = ENOSPC;
    for (int i = 0; i < 2; i++) {
        forbidding = settings[i];
        run(0);
        assert_lacks(caught, "hint");
    }
    clone_error = EPERM;
    forbidding = "max_user_namespaces";
    run(0);
    assert_lacks(caught, "sysctl");
    clone_error = 0;
    forbidding = NULL;
}

static void a_setting_is_found_below_another_root(void **state)
{
    const struct namespaces_setting *setting;

    forbidding = "/machine/proc/sys/user/max_pid_namespaces";
    setting = namespaces_find_setting(NAMESPACES_NOT_FOR_ANYBODY, "/machine");
    assert_non_null(setting);
    assert_string_equal(setting->name, "user.max_pid_namespaces");
    assert_string_equal(setting->forbids, "0");
    assert_string_equal(setting->allows, "10000");
    assert_null(namespaces_find_setting(NAMESPACES_NOT_FOR_ANYBODY, ""));
    assert_null(namespaces_find_setting(NAMESPACES_NOT_FOR_USERS, "/machine"));
    forbidding = NULL;
}

/* Ubuntu 24.04: the namespaces are made, but then their root may do nothing. */
static void what_takes_the_rights_in_them_is_named_with_its_cure(void **state)
{
    forbidding = "apparmor";
    mount_error = EACCES;
    assert_int_equal(CATCH(namespaces_private_mounts()), -1);
    assert_int_equal(errno, EACCES);
    forbidding = NULL;
    assert_contains(caught, "container: make the mounts private: EACCES (Permission denied)\n");
    assert_contains(caught, "container: hint: AppArmor");
    assert_true(strstr(caught, "make apparmor") < strstr(caught, "sudo sysctl"));
}

static void without_clone3_no_setting_helps(void **state)
{
    clone_error = ENOSYS;
    assert_int_equal(run(0), EXIT_NOT_MADE);
    clone_error = 0;
    assert_string_equal(
        caught,
        "container: clone3 with new namespaces: ENOSYS (Function not implemented)\n"
        "container: hint: this kernel is older than 5.3, or a filter of system calls forbids "
        "it, as in most containers: run it on the host\n");
}

static void a_limit_of_processes_is_explained(void **state)
{
    clone_error = EAGAIN;
    assert_int_equal(run(0), EXIT_NOT_MADE);
    clone_error = 0;
    assert_contains(caught, "container: clone3 with new namespaces: EAGAIN (Resource temporarily "
                            "unavailable)\n"
                            "container: hint: no more processes may be started");
}

static void assert_check(int user, int group, int result)
{
    has_user = user;
    has_group = group;
    errno = ENOENT;
    assert_int_equal(CATCH(namespaces_check()), result);
    has_user = has_group = 1;
}

static void a_caller_without_an_id_is_told_of_the_map(void **state)
{
    for (int i = 0; i < 2; i++) {
        assert_check(i, !i, -1);
        assert_int_equal(errno, EPERM);
        assert_string_equal(
            caught, "container: clone3 with new namespaces: EPERM (Operation not permitted)\n"
                    "container: hint: the caller's user or group id is not mapped in this user "
                    "namespace, as after `unshare --user` alone: unshare --user --map-root-user\n");
    }
    assert_check(1, 1, 0);
    assert_string_equal(caught, "");
    assert_check(-1, 1, -1);
    assert_check(1, -1, -1);
    assert_string_equal(caught, ""); /* it has reported */
    clone_error = ENOSYS;
    assert_check(0, 0, -1);
    clone_error = 0;
    assert_int_equal(errno, ENOSYS);
    assert_contains(caught, "older than 5.3");
}

static void a_refused_gate_is_reported(void **state)
{
    gate_error = EMFILE;
    assert_int_equal(run(0), EXIT_NOT_MADE);
    gate_error = 0;
    assert_string_equal(caught,
                        "container: socketpair for the gate: EMFILE (Too many open files)\n");
}

static void private_mounts_are_private_all_the_way_down(void **state)
{
    mount_error = 0;
    assert_int_equal(CATCH(namespaces_private_mounts()), 0);
    mount_error = EPERM;
    assert_int_equal(CATCH(namespaces_private_mounts()), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: make the mounts private: EPERM (Operation not permitted)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_six_namespaces_are_made_in_one_call),
        cmocka_unit_test(the_child_does_nothing_unless_admitted),
        cmocka_unit_test(what_forbids_user_namespaces_is_named_with_its_cure),
        cmocka_unit_test(a_setting_that_does_not_forbid_this_is_not_blamed),
        cmocka_unit_test(a_setting_is_found_below_another_root),
        cmocka_unit_test(what_takes_the_rights_in_them_is_named_with_its_cure),
        cmocka_unit_test(without_clone3_no_setting_helps),
        cmocka_unit_test(a_limit_of_processes_is_explained),
        cmocka_unit_test(a_caller_without_an_id_is_told_of_the_map),
        cmocka_unit_test(a_refused_gate_is_reported),
        cmocka_unit_test(private_mounts_are_private_all_the_way_down),
    };
    return process_prepare() < 0 ? 1 : check_run(tests);
}
