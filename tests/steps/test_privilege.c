/* Callers who are root by their uid alone, or may do less than they seem to. */
#include "harness.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_to(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(99);
    close(fd);
}

/* As `unshare --user --map-root-user` does. */
static void become_root_of_a_user_namespace(void)
{
    char uids[32], gids[32];

    if (fixture.as_user)
        become_ordinary_user();
    fixture.as_user = false; /* in this child: there is no other user now */
    snprintf(uids, sizeof(uids), "0 %u 1", geteuid());
    snprintf(gids, sizeof(gids), "0 %u 1", getegid());
    /* After the change from root to a user, the files in /proc are root's. */
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 || unshare(CLONE_NEWUSER) < 0)
        _exit(99);
    write_to("/proc/self/setgroups", "deny");
    write_to("/proc/self/uid_map", uids);
    write_to("/proc/self/gid_map", gids);
}

/* As `unshare --user` alone does. */
static void lose_all_ids(void)
{
    if (fixture.as_user)
        become_ordinary_user();
    fixture.as_user = false;
    if (unshare(CLONE_NEWUSER) < 0)
        _exit(99);
}

static void a_caller_whose_ids_are_not_mapped_gets_the_cure(void **state)
{
    char expected[512];

    need_user_namespaces();
    fixture.prepare = lose_all_ids;
    snprintf(expected, sizeof(expected),
             "%s: clone3 with new namespaces: EPERM (Operation not permitted)\n"
             "%s: hint: the caller's user or group id is not mapped in this user namespace, as "
             "after `unshare --user` alone: unshare --user --map-root-user\n",
             fixture.step, fixture.step);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 125);
    assert_string_equal(err, expected);
}

/* As `unshare --pid --fork` without --mount-proc does. An ordinary user needs a user namespace,
 * too. */
static void leave_proc_behind(void)
{
    int status = 0;

    if (fixture.as_user)
        become_root_of_a_user_namespace();
    if (unshare(CLONE_NEWPID) < 0)
        _exit(99);
    pid_t pid = fork();
    if (pid == 0)
        return;
    waitpid(pid, &status, 0);
    _exit(pid < 0 ? 99 : WEXITSTATUS(status));
}

/* Its child's number is another process's there, and that one would get the container's map. */
static void a_proc_of_another_namespace_gets_the_cure(void **state)
{
    char expected[512];

    need_user_namespaces();
    fixture.prepare = leave_proc_behind;
    snprintf(expected, sizeof(expected),
             "%s: find this program's processes in /proc: EXDEV (Invalid cross-device link)\n"
             "%s: hint: /proc shows another PID namespace, as after `unshare --pid --fork` alone: "
             "unshare --pid --fork --mount-proc\n",
             fixture.step, fixture.step);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 125);
    assert_string_equal(err, expected);
}

static const char ids[] = "id -u; awk '{ print $1, $3 }' /proc/self/uid_map; echo x >/tmp/new && "
                          "stat -c %u /tmp/new /bin/busybox";

static void the_root_of_a_user_namespace_makes_a_container(void **state)
{
    need_user_namespaces();
    fixture.prepare = become_root_of_a_user_namespace;
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", ids), 0);
    assert_string_equal(out, "0\n0 1\n0\n0\n");
}

/* Its root is the caller: it would own a file that it gets, and could change its mode. */
static void its_container_gets_no_file_of_the_callers(void **state)
{
    need_user_namespaces();
    fixture.prepare = become_root_of_a_user_namespace;
    shell("cd '%s' && echo hi >input && chmod 600 input", fixture.dir);
    if (geteuid() == 0 && fixture.as_user)
        shell("chown %u '%s/input'", ordinary_uid(), fixture.dir);
    char command[4 * FIXTURE_PATH];
    snprintf(command, sizeof(command),
             "exec '%s/step05' '%s' sh -c 'chmod 777 /proc/self/fd/0; cat' <'%s/input'",
             fixture.programs, fixture.image, fixture.dir);
    assert_int_equal(run("/bin/sh", "-c", command), 0);
    assert_string_equal(out, "hi\n");
    struct stat status;
    assert_int_equal(stat(in_fixture("input"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static int lost;

static void lose_capability(void)
{
    if (prctl(PR_CAPBSET_DROP, lost, 0, 0, 0) < 0)
        _exit(99);
}

static void a_capability_that_root_lacks_is_named(void **state)
{
    static const struct {
        const char *step;
        int capability;
        const char *name;
    } cases[] = {
        {"step01", CAP_SYS_CHROOT, "CAP_SYS_CHROOT"},
        {"step02", CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
        {"step02", CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
        {"step02", CAP_FOWNER, "CAP_FOWNER"},
        {"step03", CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
        {"step03", CAP_FOWNER, "CAP_FOWNER"},
        {"step04", CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
        {"step04", CAP_FOWNER, "CAP_FOWNER"},
        {"step03", CAP_SETUID, "CAP_SETUID"},
        {"step03", CAP_SETGID, "CAP_SETGID"},
        {"step03", CAP_SETFCAP, "CAP_SETFCAP"},
        {"step05", CAP_CHOWN, "CAP_CHOWN"},
        {"step05", CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
        {"step05", CAP_SETUID, "CAP_SETUID"},
        {"step05", CAP_SETGID, "CAP_SETGID"},
        {"step05", CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
        {"step05", CAP_SYS_CHROOT, "CAP_SYS_CHROOT"},
    };

    fixture.prepare = lose_capability;
    /* A copy of /etc in the layer would be user 1's, and its files could not be removed. */
    shell("chown -R 1 '%s/etc'", fixture.image);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char hint[64];

        lost = cases[i].capability;
        snprintf(hint, sizeof(hint), "root lacks %s here", cases[i].name);
        if (run(cases[i].step, fixture.image, "true") != 125)
            fail_msg("%s without %s: %s", cases[i].step, cases[i].name, err);
        assert_contains(err, hint);
    }
}

static void a_program_that_its_caller_may_not_read_says_so(void **state)
{
    static const char *const names[] = {"step05", "exec"};

    if (geteuid() != 0)
        check_skip("needs root, to own the program: sudo make test");
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        shell("cd '%s' && cp %s copy && chown 0:0 copy && chmod 711 copy", fixture.programs,
              names[i]);
        assert_int_equal(run("copy", "web", "true"), 125);
        assert_contains(err, "copy: open /proc/self/exe: EACCES (Permission denied)\n"
                             "copy: hint: this program reads its own file, so whoever runs it must "
                             "be able to: chmod a+r FILE\n");
    }
}

/* Nothing is made for it, and so there is no word of cgroups. */
static void a_container_inside_a_container_is_refused_at_once(void **state)
{
    char programs[FIXTURE_PATH + 16];

#ifdef __SANITIZE_ADDRESS__
    check_skip("with the sanitizer, programs need libraries, which the image lacks");
#endif
    need_user_namespaces();
    snprintf(programs, sizeof(programs), "%s:/programs:ro", fixture.programs);
    assert_int_equal(
        run("step05", "--volume", programs, fixture.image, "/programs/step05", "/", "true"), 125);
    const char *inner = strstr(err, "step05: clone3");
    assert_non_null(inner);
    assert_string_equal(
        inner, "step05: clone3 with new namespaces: ENOSYS (Function not implemented)\n"
               "step05: hint: this kernel is older than 5.3, or a filter of system calls forbids "
               "it, as in most containers: run it on the host\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STEP_AS_ROOT("step03", the_root_of_a_user_namespace_makes_a_container),
        STEP_AS_USER("step03", the_root_of_a_user_namespace_makes_a_container),
        STEP_AS_ROOT("step05", the_root_of_a_user_namespace_makes_a_container),
        STEP_AS_USER("step05", the_root_of_a_user_namespace_makes_a_container),
        FROM_STEP03(a_caller_whose_ids_are_not_mapped_gets_the_cure),
        FROM_STEP03(a_proc_of_another_namespace_gets_the_cure),
        AS_ROOT(its_container_gets_no_file_of_the_callers),
        AS_USER(its_container_gets_no_file_of_the_callers),
        AS_ROOT(a_capability_that_root_lacks_is_named),
        AS_USER(a_program_that_its_caller_may_not_read_says_so),
        AS_ROOT(a_container_inside_a_container_is_refused_at_once),
        AS_USER(a_container_inside_a_container_is_refused_at_once),
    };
    return check_run(tests);
}
