/* What a container can reach of the kernel, of the program and of the caller's ids. */
#include "full.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_setting_of_the_kernel_is_read_only(void **state)
{
    const char *before = strdup(read_file("/proc/sys/kernel/core_pattern"));

    assert_int_not_equal(run("step05", SHELL("echo '|/x' >/proc/sys/kernel/core_pattern")), 0);
    assert_contains(err, "Read-only file system");
    assert_int_not_equal(
        run("step05", "--cap-add", "all", SHELL("echo '|/x' >/proc/sys/kernel/core_pattern")), 0);
    assert_contains(err, "Read-only file system");
    assert_string_equal(read_file("/proc/sys/kernel/core_pattern"), before);
    free((void *)before);
    assert_int_equal(run("step05", SHELL("cat /proc/sys/kernel/ostype")), 0);
    assert_string_equal(out, "Linux\n");
}

static void what_tells_the_kernels_secrets_cannot_be_read(void **state)
{
    static const char *const secrets[] = {"keys", "kallsyms",   "kcore",
                                          "kmsg", "timer_list", "sched_debug"};

    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
        char path[64];

        snprintf(path, sizeof(path), "/proc/%s", secrets[i]);
        if (!exists(path))
            continue;
        assert_int_equal(run("step05", fixture.image, "head", "-c", "9", path), 1);
        assert_string_equal(out, "");
        assert_contains(err, "Permission denied");
    }
}

/* A process may ask the kernel for less than others get, and what the clock does. Not for more. */
static void priorities_are_lowered_and_the_clock_is_asked(void **state)
{
    assert_int_equal(run("step05", SHELL("ionice -c3 ionice")), 0);
    assert_string_equal(out, "idle\n");
    assert_int_equal(run("step05", SHELL("ionice -c1 true")), 1);
    assert_contains(err, "Operation not permitted");
    assert_int_equal(run("step05", SHELL("adjtimex")), 0);
    assert_contains(out, "tick:");
    assert_int_equal(run("step05", "--cap-add", "all", SHELL("adjtimex -t 10000")), 1);
    assert_contains(err, "Operation not permitted");
}

static void it_takes_over_no_priority_of_its_caller(void **state)
{
    fixture.prepare = take_priorities;
    assert_int_equal(run("step05", SHELL(PRIORITIES)), 0);
    fixture.prepare = NULL;
    assert_string_equal(out, NO_PRIORITY);
}

/* So does LockPersonality= of systemd, for a personality that is the usual one. */
static void refuse_personality(void)
{
    refuse_call(SYS_personality, EPERM);
}

static void a_usual_personality_needs_no_call(void **state)
{
    fixture.prepare = refuse_personality;
    assert_int_equal(run("step05", SHELL("cat /proc/self/personality")), 0);
    assert_string_equal(out, "00000000\n");
}

/* `rm /dev/zero` by root, and the next `> /dev/zero` makes a file, which others may write to. */
static void a_file_in_the_place_of_a_device_is_refused(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root, to cover a device: sudo make test");
    write_file(in_fixture("file"), "of the host\n");
    assert_int_equal(chmod(in_fixture("file"), 0666), 0);
    assert_int_equal(mount(in_fixture("file"), "/dev/zero", NULL, MS_BIND, NULL), 0);
    int status = run("step05", SHELL("cat /dev/zero"));
    umount2("/dev/zero", MNT_DETACH);
    assert_int_equal(status, 125);
    assert_string_equal(out, "");
    assert_contains(err, "step05: /dev/zero is not the device 1:5: ENODEV");
}

/* The probe becomes another user, and then starts a setuid program. */
static void a_setuid_program_gains_nothing(void **state)
{
    copy_probe("probe_setuid");
    shell("chmod 4755 '%s/probe_setuid'", fixture.image);
    assert_int_equal(run("step04", fixture.image, "/probe_setuid"), 0);
    assert_string_equal(out, "1000 0\n");
    assert_int_equal(run("step05", fixture.image, "/probe_setuid"), 0);
    assert_string_equal(out, "1000 1000\n");
}

static const char *map_of(pid_t pid, const char *name)
{
    static char text[128];
    char path[64];
    unsigned inside = 0, outside = 0, count = 0;

    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    const char *map = read_file(path);
    if (!map || sscanf(map, "%u %u %u", &inside, &outside, &count) != 3)
        fail_msg("no map in %s", path);
    snprintf(text, sizeof(text), "%u %u %u", inside, outside, count);
    return text;
}

/* Before step05 root inside is its caller. */
static void root_inside_is_nobody_outside(void **state)
{
    char wanted[128];
    struct stat status;
    char path[64];

    struct program *container = start(step_before(), SHELL("echo ready; read line"));
    hear(container, "ready\n");
    pid_t pid = child_of(container->pid);
    snprintf(wanted, sizeof(wanted), "0 %u ", fixture.as_user ? ordinary_uid() : 0);
    const char *map = map_of(pid, "uid_map");
    assert_int_equal(strncmp(map, wanted, strlen(wanted)), 0);
    finish(container);

    if (fixture.as_user)
        return;
    container = start("step05", SHELL("echo ready; read line"));
    hear(container, "ready\n");
    pid = child_of(container->pid);
    assert_string_equal(map_of(pid, "uid_map"), "0 1879048192 65536");
    assert_string_equal(map_of(pid, "gid_map"), "0 1879048192 65536");
    pid_t command = child_of(pid);
    snprintf(path, sizeof(path), "/proc/%d/status", command);
    const char *text = read_file(path);
    assert_non_null(text);
    assert_contains(text, "Uid:\t1879048192\t1879048192\t1879048192\t1879048192\n");
    assert_contains(text, "Gid:\t1879048192\t1879048192\t1879048192\t1879048192\n");
    assert_contains(text, "Groups:\t \n");
    snprintf(path, sizeof(path), "/proc/%d", command);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_uid, 1879048192);
    finish(container);
}

static void the_images_files_are_roots_inside(void **state)
{
    assert_int_equal(run("step05", fixture.image, "stat", "-c", "%u:%g", "/bin/busybox", "/etc"),
                     0);
    assert_string_equal(out, "0:0\n0:0\n");
}

/* This was CVE-2019-5736. */
static void the_program_cannot_be_changed_through_process_1(void **state)
{
    unsigned long long before_it = hash_of(fixture.programs);

    assert_int_equal(run("step05", SHELL("echo x >/proc/1/exe")), 1);
    if (!fixture.as_user) {
        /* Process 1 has changed its ids, so all of it is closed. A user's process 1 has not. */
        assert_int_equal(run("step05", fixture.image, "cat", "/proc/1/exe"), 1);
        assert_contains(err, "Permission denied");
        assert_string_equal(out, "");
        assert_int_equal(run("step05", fixture.image, "ls", "/proc/1/root"), 1);
        assert_int_equal(run("step05", fixture.image, "ls", "/proc/1/fd"), 1);
    }
    assert_int_equal(hash_of(fixture.programs), before_it);
}

static void its_file_cannot_be_changed_as_the_host_sees_it(void **state)
{
    char path[64], link[256] = "";

    struct program *container = start("step05", SHELL("echo ready; read line"));
    hear(container, "ready\n");
    pid_t pids[2] = {container->pid, child_of(container->pid)};
    int seen = geteuid() == 0 ? 2 : 1; /* only root may look at a process that is not dumpable */
    for (int i = 0; i < seen; i++) {
        snprintf(path, sizeof(path), "/proc/%d/exe", pids[i]);
        assert_true(readlink(path, link, sizeof(link) - 1) > 0);
        assert_string_equal(link, "/"); /* a mount that is in no tree */
        assert_int_equal(chmod(path, 0777), -1);
        assert_int_equal(errno, EROFS);
    }
    finish(container);
}

static void set_soft_limit(int resource, rlim_t most)
{
    struct rlimit limit;

    getrlimit(resource, &limit);
    limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
    setrlimit(resource, &limit);
}

static void take_all_that_is_allowed(void)
{
    set_soft_limit(RLIMIT_NOFILE, RLIM_INFINITY);
    set_soft_limit(RLIMIT_MEMLOCK, RLIM_INFINITY);
}

static void take_less(void)
{
    set_soft_limit(RLIMIT_NOFILE, 200);
    set_soft_limit(RLIMIT_MEMLOCK, 4096);
}

static void what_the_caller_set_lower_stays(void **state)
{
    fixture.prepare = take_less;
    assert_int_equal(run("step05", SHELL("ulimit -l; ulimit -n")), 0);
    assert_string_equal(out, "4\n200\n");
}

static void its_limits_are_lowered(void **state)
{
    fixture.prepare = take_all_that_is_allowed;
    assert_int_equal(run("step05", SHELL("ulimit -c; ulimit -Hc; ulimit -l; ulimit -n; "
                                         "[ $(ulimit -Hn) -le 4096 ] && echo few")),
                     0);
    assert_string_equal(out, "0\n0\n64\n1024\nfew\n");
    assert_int_equal(run("step05", SHELL("awk '/(nice|realtime) priority|msgqueue/ "
                                         "{ print $(NF-1), $NF } "
                                         "/pending/ { if ($(NF-1) <= 4096) print \"few\" }'"
                                         " /proc/self/limits")),
                     0);
    assert_string_equal(out, "few\n409600 bytes\n0 0\n0 0\n");
}

/* With a core limit of 0 the kernel still starts the host's program for core dumps. */
static void its_core_dumps_start_no_program_of_the_host(void **state)
{
    assert_int_equal(run("step05", SHELL(CORE_LIMITS)), 0);
    assert_string_equal(out, in_child(allow_one_byte) == 0 ? "1 1\n" : "0 0\n");
    fixture.prepare = forbid_core_files;
    assert_int_equal(run("step05", SHELL(CORE_LIMITS)), 0);
    fixture.prepare = NULL;
    assert_string_equal(out, core_limits());
}

static void its_share_of_the_kernels_tables_is_limited(void **state)
{
    assert_int_equal(run("step05", SHELL("cd /proc/sys/user && cat max_inotify_instances "
                                         "max_inotify_watches max_user_namespaces; "
                                         "echo 99 >max_inotify_instances")),
                     1);
    assert_string_equal(out, "32\n8192\n0\n");
    assert_contains(err, "Read-only file system");
    assert_int_equal(run("step05", SHELL("grep -o max=256 /proc/mounts")), 0);
}

static void it_is_in_a_session_of_its_own(void **state)
{
    assert_int_equal(run("step05", SHELL("set -- $(cat /proc/1/stat); echo $6 $7")), 0);
    assert_string_equal(out, "1 0\n"); /* the session of process 1, and no terminal */
}

/* This holds whatever root inside does to the files. */
static void the_image_stays_as_it_is(void **state)
{
    unsigned long long before_it = hash_of(fixture.image);

    assert_int_equal(run("step05", SHELL("rm -rf /etc /usr /home; echo x >/bin/new; "
                                         "chmod 777 /var; chown 0:0 /root; rm /bin/vi")),
                     0);
    assert_int_equal(hash_of(fixture.image), before_it);
    assert_int_equal(run("step05", "--read-only", SHELL("rm -rf /etc")), 1);
    assert_int_equal(hash_of(fixture.image), before_it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(a_setting_of_the_kernel_is_read_only),
        AS_EACH(what_tells_the_kernels_secrets_cannot_be_read),
        AS_EACH(priorities_are_lowered_and_the_clock_is_asked),
        AS_ROOT(a_setuid_program_gains_nothing),
        AS_EACH(root_inside_is_nobody_outside),
        AS_EACH(the_images_files_are_roots_inside),
        AS_EACH(the_program_cannot_be_changed_through_process_1),
        AS_EACH(its_file_cannot_be_changed_as_the_host_sees_it),
        AS_EACH(its_limits_are_lowered),
        AS_EACH(what_the_caller_set_lower_stays),
        AS_EACH(it_takes_over_no_priority_of_its_caller),
        AS_EACH(a_usual_personality_needs_no_call),
        AS_EACH(a_file_in_the_place_of_a_device_is_refused),
        AS_EACH(its_core_dumps_start_no_program_of_the_host),
        AS_EACH(its_share_of_the_kernels_tables_is_limited),
        AS_EACH(it_is_in_a_session_of_its_own),
        AS_EACH(the_image_stays_as_it_is),
    };
    return check_run(tests);
}
