/* What the doctor says of a machine is what the five programs then do on it. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* It is in the build folder, three above this program. */
static void need_doctor(void)
{
    char path[PATH_MAX];
    const char *chosen = getenv("CONTAINER_BUILD");
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

    path[length < 0 ? 0 : length] = '\0';
    for (int up = 0; up < 3; up++)
        if (strrchr(path, '/'))
            *strrchr(path, '/') = '\0';
    const char *doctor = path_in(chosen ? chosen : path, "doctor");
    if (!exists(doctor))
        check_skip("build/doctor is not built: make -C tests/doctor");
    shell("cp '%s' '%s'", doctor, fixture.programs);
}

/* Of its last line, "steps as root: 1 2 3 4 5; as student: 3 5", the part about this test's user.
 */
static const char *verdict(void)
{
    static char root[128], user[128];
    const char *line = strstr(out, "\nsteps as ");

    if (!line || sscanf(line, "\nsteps as root: %127[^;]; as %*[^:]: %127[^\n]", root, user) != 2)
        fail_msg("there is no verdict in this:\n%s", out);
    return fixture.as_user ? user : root;
}

static void assert_that_it_is_right(void)
{
    static const char *const programs[] = {"step01", "step02", "step03", "step04", "step05"};
    int status = run("doctor"), right = 1, all = 1;
    const char *steps = verdict();

    for (int i = 0; i < 5; i++) {
        int says = strchr(steps, '1' + i) != NULL,
            runs = run(programs[i], fixture.image, "true") == 0;

        if (says != runs)
            fprintf(stderr, "%s %s\n", programs[i], runs ? "runs" : err);
        right &= says == runs;
        all &= runs;
    }
    if (!right)
        fail_msg("the doctor says '%s', and is wrong", steps);
    assert_int_equal(status, all ? 0 : 1);
}

static void its_verdict_is_what_the_steps_do(void **state)
{
    need_doctor();
    assert_that_it_is_right();
    run("doctor");
    assert_string_equal(err, "");
}

static void write_own(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        perror(path);
        _exit(99);
    }
    close(fd);
}

/* A user namespace in which the caller is who it is, and in which there may be no other one. */
static void forbid_user_namespaces(void)
{
    char map[64];

    if (fixture.as_user)
        become_ordinary_user();
    prctl(PR_SET_DUMPABLE, 1); /* or else /proc/self is root's */
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER) < 0)
        _exit(99);
    write_own("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "%u %u 1", uid, uid);
    write_own("/proc/self/uid_map", map);
    snprintf(map, sizeof(map), "%u %u 1", gid, gid);
    write_own("/proc/self/gid_map", map);
    write_own("/proc/sys/user/max_user_namespaces", "0");
}

static void it_knows_when_user_namespaces_are_forbidden(void **state)
{
    need_doctor();
    need_user_namespaces();
    fixture.prepare = forbid_user_namespaces;
    assert_that_it_is_right();
    run("doctor");
    assert_contains(out, "\nuserns            lack  3 4 5 ");
    assert_contains(out, "\nuserns-sysctl     lack  3 4 5 ");
    assert_contains(out, "cure: sudo sysctl -w user.max_user_namespaces=10000\n");
}

/* As Docker does for programs that it gives no right to it. */
static void refuse_clone3(void)
{
    if (fixture.as_user)
        become_ordinary_user();
    refuse_call(SYS_clone3, ENOSYS);
}

static void it_knows_when_a_filter_refuses_clone3(void **state)
{
    need_doctor();
    fixture.prepare = refuse_clone3;
    assert_that_it_is_right();
    run("doctor");
    assert_contains(out, "clone3: ENOSYS; this process is under a system call filter\n");
}

/* As a tmpfs does before Linux 6.6. */
static void refuse_attributes(void)
{
    if (fixture.as_user)
        become_ordinary_user();
    refuse_call(SYS_setxattr, EOPNOTSUPP);
}

static void it_knows_when_no_folder_of_the_image_can_be_removed(void **state)
{
    need_doctor();
    fixture.prepare = refuse_attributes;
    run("doctor");
    assert_contains(out, "keeps no user.* attributes (EOPNOTSUPP), so that steps 3 and 4 cannot "
                         "remove a folder of the image\n");
    assert_contains(out, "cure: export TMPDIR=/var/tmp\n");
    if (!strstr(out, "\nuserns            ok "))
        check_skip("needs user namespaces");
    assert_contains(out, "\nstorage           note  5 ");
    assert_contains(out, "note on step05's tmpfs that a folder of the image was removed: "
                         "EOPNOTSUPP (Operation not supported)\n");
    assert_contains(out, "cure: build/step05 --keep --scratch /var/tmp build/rootfs\n");
}

static void need_root(void)
{
    if (geteuid() != 0)
        check_skip("only root can make such a machine");
}

static void enter_own_mounts(void)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        _exit(99);
}

/* As in a container of Docker, where / and so /tmp are an overlay. */
static void have_scratch_on_overlay(void)
{
    char options[3 * FIXTURE_PATH + 64];

    enter_own_mounts();
    snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", in_fixture("o/lower"),
             in_fixture("o/upper"), in_fixture("o/work"));
    if (mount("overlay", in_fixture("o/tmp"), "overlay", 0, options) < 0 ||
        chmod(in_fixture("o/tmp"), 01777) < 0)
        _exit(99);
    setenv("TMPDIR", in_fixture("o/tmp"), 1);
}

static void it_knows_when_scratch_is_on_an_overlay(void **state)
{
    need_doctor();
    need_root();
    shell("mkdir '%s' && cd '%s' && mkdir lower upper work tmp", in_fixture("o"), in_fixture("o"));
    fixture.prepare = have_scratch_on_overlay;
    assert_that_it_is_right();
    run("doctor");
    assert_contains(out, "\nscratch-overlay   lack  2 3 4 ");
    assert_contains(out, "cure: export TMPDIR=");
    shell("rmdir '%s'/work/work && ls '%s' | wc -l | grep -qx 0", in_fixture("o"),
          in_fixture("o/upper"));
}

/* As in a container of Docker, which hides such files from it. */
static void mask_proc(void)
{
    enter_own_mounts();
    if (mount("/dev/null", "/proc/uptime", NULL, MS_BIND, NULL) < 0)
        _exit(99);
}

static void it_knows_when_proc_is_masked(void **state)
{
    need_doctor();
    need_root();
    fixture.prepare = mask_proc;
    assert_that_it_is_right();
}

static void have_no_scratch(void)
{
    setenv("TMPDIR", "/nonexistent", 1);
}

static void it_knows_when_there_is_no_scratch(void **state)
{
    need_doctor();
    fixture.prepare = have_no_scratch;
    assert_that_it_is_right();
    run("doctor");
    assert_contains(out, "no folder can be made in /nonexistent: No such file or directory\n");
}

static void its_json_is_json(void **state)
{
    need_doctor();
    int status = run("doctor", "--json");
    assert_true(status == 0 || status == 1);
    assert_string_equal(err, "");
    write_file(in_fixture("json"), out);
    if (run("sh", "-c", "command -v python3") == 0)
        assert_int_equal(run("python3", "-m", "json.tool", in_fixture("json")), 0);
    else if (run("sh", "-c", "command -v jq") == 0)
        assert_int_equal(run("jq", ".", in_fixture("json")), 0);
    else
        check_skip("neither python3 nor jq is here");
    assert_contains(out, "\"kernel-version\"");
}

static void a_wrong_call_prints_the_usage_and_ends_with_2(void **state)
{
    need_doctor();
    assert_int_equal(run("doctor", "-z"), 2);
    assert_contains(err, "doctor: ");
    assert_contains(err, "usage: doctor [--json]\n");
    assert_int_equal(run("doctor", "image"), 2);
    assert_int_equal(run("doctor", "--json=1"), 2);
    assert_string_equal(out, "");
    assert_int_equal(run("doctor", "--help"), 0);
    assert_string_equal(out, "");
    assert_contains(err, "usage: ");
}

static void a_report_that_cannot_be_written_is_an_error(void **state)
{
    need_doctor();
    assert_int_equal(run("sh", "-c", "exec \"$0\" >/dev/full", path_in(fixture.programs, "doctor")),
                     1);
    assert_contains(err, "doctor: write the report: ENOSPC (No space left on device)\n");
}

static void a_doctor_with_more_rights_than_its_caller_is_refused(void **state)
{
    struct statvfs fs;

    need_doctor();
    if (geteuid() != 0 || (statvfs(fixture.programs, &fs) == 0 && fs.f_flag & ST_NOSUID))
        check_skip("needs root, and a folder where a setuid bit has an effect: sudo make test");
    shell("cd '%s' && chown 0:0 doctor && chmod 4755 doctor", fixture.programs);
    assert_int_equal(run("doctor"), 1);
    assert_string_equal(out, "");
    assert_contains(err, "doctor: run with rights that the caller does not have: EPERM");
}

int main(void)
{
#define AS_BOTH(test) AS_ROOT(test), AS_USER(test)
    const struct CMUnitTest tests[] = {
        AS_BOTH(its_verdict_is_what_the_steps_do),
        AS_BOTH(it_knows_when_user_namespaces_are_forbidden),
        AS_BOTH(it_knows_when_a_filter_refuses_clone3),
        AS_BOTH(it_knows_when_no_folder_of_the_image_can_be_removed),
        AS_BOTH(it_knows_when_scratch_is_on_an_overlay),
        AS_BOTH(it_knows_when_proc_is_masked),
        AS_BOTH(it_knows_when_there_is_no_scratch),
        AS_BOTH(its_json_is_json),
        AS_USER(a_doctor_with_more_rights_than_its_caller_is_refused),
        AS_USER(a_wrong_call_prints_the_usage_and_ends_with_2),
        AS_USER(a_report_that_cannot_be_written_is_an_error),
    };
    return check_run(tests);
}
