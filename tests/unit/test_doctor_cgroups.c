#include "check.h"
#include "doctor.h"
#include "files.h"

#include <stdio.h>
#include <string.h>

/* A machine whose /proc, /boot and cgroup file systems are in a folder. */
static struct doctor_machine m;
static struct doctor_result r;

static int set_up(void **state)
{
    m = (struct doctor_machine){.root = new_folder(), .user = "root"};
    shell("cd %s && mkdir -p proc/self boot/firmware v2", m.root);
    return 0;
}

static int tear_down(void **state)
{
    shell("rm -r %s", m.root);
    return 0;
}

static enum doctor_state examine(const char *code, doctor_examine *check_it)
{
    const struct doctor_check check = {.code = code, .examine = check_it};

    r = (struct doctor_result){0};
    doctor_make_check(&check, &m, &r);
    return r.state;
}

static void cgroups_are(const char *own, const char *mounts)
{
    write_file(path_in(m.root, "proc/self/cgroup"), own);
    write_file(path_in(m.root, "proc/self/mountinfo"), mounts);
}

static const char v1_own[] = "3:pids:/a\n2:cpu,cpuacct:/a\n1:memory:/a\n";
static const char v1_mounts[] = "31 24 0:27 / /c/memory rw - cgroup cgroup rw,memory\n"
                                "32 24 0:28 / /c/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                                "33 24 0:29 / /c/pids rw - cgroup cgroup rw,pids\n";

/* A v2 tree, whose controllers a file of the folder lists. */
static void make_v2(const char *controllers)
{
    char mounts[256];

    snprintf(mounts, sizeof(mounts), "30 24 0:26 / %s/v2 rw shared:4 - cgroup2 cgroup2 rw\n",
             m.root);
    cgroups_are("0::/user.slice\n", mounts);
    write_file(path_in(m.root, "v2/cgroup.controllers"), controllers);
}

static void a_layout_is_v2_v1_or_hybrid(void **state)
{
    char own[256];

    make_v2("cpuset cpu io memory pids\n");
    assert_int_equal(examine("cgroup-layout", doctor_check_cgroup_layout), DOCTOR_OK);
    assert_string_equal(r.found, "v2: memory in v2, cpu in v2, pids in v2");
    cgroups_are(v1_own, v1_mounts);
    assert_int_equal(examine("cgroup-layout", doctor_check_cgroup_layout), DOCTOR_OK);
    assert_string_equal(r.found, "v1: memory in v1, cpu in v1, pids in v1");
    snprintf(own, sizeof(own), "%s0::/a\n", v1_own);
    cgroups_are(own, v1_mounts);
    assert_int_equal(examine("cgroup-layout", doctor_check_cgroup_layout), DOCTOR_OK);
    assert_string_equal(r.found, "hybrid: memory in v1, cpu in v1, pids in v1");
}

/* A kernel without the memory controller of v1: Linux 6.12 of some distributions. */
static void a_hybrid_layout_may_have_some_in_v2(void **state)
{
    char mounts[512];

    snprintf(mounts, sizeof(mounts), "30 24 0:26 / %s/v2 rw - cgroup2 cgroup2 rw\n%s", m.root,
             strchr(v1_mounts, '\n') + 1);
    cgroups_are("3:pids:/a\n2:cpu,cpuacct:/a\n0::/\n", mounts);
    write_file(path_in(m.root, "v2/cgroup.controllers"), "memory\n");
    assert_int_equal(examine("cgroup-layout", doctor_check_cgroup_layout), DOCTOR_OK);
    assert_string_equal(r.found, "hybrid: memory in v2, cpu in v1, pids in v1");
    /* Those in v1 are not off in v2: the one in v2 is tried. */
    assert_int_equal(examine("cgroup-memory", doctor_check_controller), DOCTOR_LACK);
    assert_contains(r.found, "is no cgroup v2 file system");
    write_file(path_in(m.root, "v2/cgroup.controllers"), "\n");
    assert_int_equal(examine("cgroup-layout", doctor_check_cgroup_layout), DOCTOR_NOTE);
    assert_string_equal(r.found, "hybrid: memory nowhere, cpu in v1, pids in v1");
}

static void what_is_not_mounted_is_nowhere(void **state)
{
    assert_int_equal(examine("cgroup-layout", doctor_check_cgroup_layout), DOCTOR_NOTE);
    assert_string_equal(r.found, "no cgroups: memory nowhere, cpu nowhere, pids nowhere");
    assert_int_equal(examine("cgroup-pids", doctor_check_controller), DOCTOR_LACK);
    assert_string_equal(r.cure, "sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup");
    m.nested = true; /* a Codespace, or a container of an unknown engine, refuses this mount */
    assert_int_equal(examine("cgroup-pids", doctor_check_controller), DOCTOR_LACK);
    assert_string_equal(r.cure, "make vm");
    m.engine = "docker";
    assert_int_equal(examine("cgroup-pids", doctor_check_controller), DOCTOR_LACK);
    assert_contains(r.cure, "docker run");
}

static void a_raspberry_pi_switches_memory_on_in_its_firmware(void **state)
{
    make_v2("cpuset cpu io pids\n");
    write_file(path_in(m.root, "boot/firmware/cmdline.txt"), "console=tty1 rootwait\n");
    assert_int_equal(examine("cgroup-memory", doctor_check_controller), DOCTOR_LACK);
    assert_string_equal(r.cure, "sudo sed -i '1 s/$/ cgroup_enable=memory/' "
                                "/boot/firmware/cmdline.txt && sudo reboot");
}

static void what_the_boot_loader_switched_off_it_can_leave_on(void **state)
{
    make_v2("cpuset cpu io pids\n");
    write_file(path_in(m.root, "proc/cmdline"), "quiet cgroup_disable=memory\n");
    assert_int_equal(examine("cgroup-memory", doctor_check_controller), DOCTOR_LACK);
    assert_contains(r.cure, "sed -i 's/cgroup_disable=memory//' /etc/default/grub");
    cgroups_are("3:pids:/a\n2:cpu,cpuacct:/a\n", v1_mounts);
    assert_int_equal(examine("cgroup-memory", doctor_check_controller), DOCTOR_LACK);
    assert_contains(r.found, "is mounted");
    write_file(path_in(m.root, "proc/cgroups"),
               "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t2\t3\t1\nmemory\t0\t1\t0\n");
    assert_int_equal(examine("cgroup-memory", doctor_check_controller), DOCTOR_LACK);
    assert_contains(r.found, "switched off at boot");
}

static void a_kernel_without_a_controller_has_no_cure(void **state)
{
    make_v2("cpuset cpu io pids\n");
    assert_int_equal(examine("cgroup-memory", doctor_check_controller), DOCTOR_LACK);
    assert_string_equal(r.cure, "make vm");
    assert_int_equal(examine("cgroup-cpu", doctor_check_controller), DOCTOR_NOTE);
    assert_string_equal(r.found, "not tried: it needs cgroup-memory");
}

static void a_folder_that_is_no_cgroup_is_not_taken_for_one(void **state)
{
    make_v2("cpu memory pids\n");
    shell("mkdir %s/v2/user.slice", m.root);
    assert_int_equal(examine("cgroup-pids", doctor_check_controller), DOCTOR_LACK);
    assert_contains(r.found, "is no cgroup v2 file system");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_layout_is_v2_v1_or_hybrid),
        TEST(a_hybrid_layout_may_have_some_in_v2),
        TEST(what_is_not_mounted_is_nowhere),
        TEST(a_raspberry_pi_switches_memory_on_in_its_firmware),
        TEST(what_the_boot_loader_switched_off_it_can_leave_on),
        TEST(a_kernel_without_a_controller_has_no_cure),
        TEST(a_folder_that_is_no_cgroup_is_not_taken_for_one),
    };
    return check_run(tests);
}
