/* What root inside may do: before step05 all in its namespaces, then only a few things. */
#include "full.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* chown dac_override fowner fsetid kill setgid setuid net_bind_service sys_chroot setfcap */
static const char few[] = "CapInh:\t0000000000000000\n"
                          "CapPrm:\t00000000800404fb\n"
                          "CapEff:\t00000000800404fb\n"
                          "CapBnd:\t00000000800404fb\n"
                          "CapAmb:\t0000000000000000\n";

static void of_all_capabilities_ten_are_left(void **state)
{
    const char *last = read_file("/proc/sys/kernel/cap_last_cap");
    char all[64];

    snprintf(all, sizeof(all), "CapEff:\t%016llx\n", (2ULL << atoi(last)) - 1);
    assert_int_equal(run(step_before(), fixture.image, "grep", "^Cap", "/proc/self/status"), 0);
    assert_contains(out, all);
    assert_int_equal(run("step05", fixture.image, "grep", "^Cap", "/proc/self/status"), 0);
    assert_string_equal(out, few);
}

static void no_new_privileges_and_a_filter_are_set(void **state)
{
    assert_int_equal(run(step_before(), fixture.image, "cat", "/proc/self/status"), 0);
    assert_contains(out, "NoNewPrivs:\t0\n");
    assert_int_equal(run("step05", fixture.image, "cat", "/proc/self/status"), 0);
    assert_contains(out, "NoNewPrivs:\t1\n");
    assert_contains(out, "Seccomp:\t2\n");
}

/* The host sees it in /proc. */
static void all_this_holds_for_process_1_and_for_the_command(void **state)
{
    struct program *container = start("step05", SHELL("echo ready; read line"));
    pid_t pids[2];

    hear(container, "ready\n");
    pids[0] = child_of(container->pid);
    pids[1] = child_of(pids[0]);
    for (int i = 0; i < 2; i++) {
        char path[64];

        snprintf(path, sizeof(path), "/proc/%d/status", pids[i]);
        const char *status = read_file(path);
        assert_non_null(status);
        assert_contains(status, few);
        assert_contains(status, "NoNewPrivs:\t1\n");
        assert_contains(status, "Seccomp:\t2\n");
    }
    finish(container);
}

/* Runs a script. It must succeed before step05, and fail there with EPERM. */
static void assert_closed(const char *script)
{
    if (run(step_before(), SHELL(script)) != 0)
        fail_msg("%s: '%s' fails already: %s", step_before(), script, err);
    if (run("step05", SHELL(script)) == 0)
        fail_msg("step05: '%s' succeeds", script);
    if (!strstr(err, "Operation not permitted") && !strstr(err, "ermission denied"))
        fail_msg("step05: '%s' fails for another reason: %s", script, err);
}

static void mounting_is_refused(void **state)
{
    assert_closed("mkdir /new && mount -t tmpfs tmpfs /new");
    assert_closed("mount --bind /bin /home");
    assert_closed("mkdir /new && mount -t proc proc /new");
    assert_closed("umount /proc");
    assert_closed("mount -o remount,ro /proc");
}

static void new_namespaces_are_refused(void **state)
{
    assert_closed("unshare -m true");
    assert_closed("unshare -n true");
    assert_closed("unshare -p true");
    assert_closed("nsenter -t 1 -u true");
}

/* Before step05 only the chroot prevents it: no process in a chroot may make one. */
static void a_user_namespace_is_refused(void **state)
{
    assert_int_not_equal(run("step05", SHELL("unshare -U true")), 0);
    assert_contains(err, "Operation not permitted");
}

static void the_settings_of_the_machine_are_refused(void **state)
{
    assert_closed("hostname other");
    assert_closed("ip link set lo down");
}

/* The installation of a package needs these. */
static void what_a_container_needs_is_left(void **state)
{
    static const char script[] = "set -e; chmod 4755 /bin/busybox; chown 0:0 /tmp; rm /etc/group; "
                                 "chroot / true";

    assert_int_equal(run("step05", SHELL(script)), 0);
    assert_string_equal(complaints(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(of_all_capabilities_ten_are_left),
        AS_EACH(no_new_privileges_and_a_filter_are_set),
        AS_EACH(all_this_holds_for_process_1_and_for_the_command),
        AS_EACH(mounting_is_refused),
        AS_EACH(new_namespaces_are_refused),
        AS_EACH(a_user_namespace_is_refused),
        AS_EACH(the_settings_of_the_machine_are_refused),
        AS_EACH(what_a_container_needs_is_left),
    };
    return check_run(tests);
}
