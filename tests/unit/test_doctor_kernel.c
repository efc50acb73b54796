#include "check.h"
#include "doctor.h"
#include "files.h"

#include <stdlib.h>

/* A machine whose /proc and the like are in a folder. */
static struct doctor_machine m;
static struct doctor_result r;

static int set_up(void **state)
{
    m = (struct doctor_machine){.root = new_folder(), .user = "student", .uid = 1000};
    shell("cd %s && mkdir -p proc/sys/kernel proc/self/ns run workspaces", m.root);
    unsetenv("WSL_DISTRO_NAME");
    return 0;
}

static int tear_down(void **state)
{
    shell("rm -r %s", m.root);
    return 0;
}

static enum doctor_state examine(doctor_examine *check)
{
    r = (struct doctor_result){0};
    return check(&m, &r);
}

static void release_is(const char *text)
{
    write_file(path_in(m.root, "proc/sys/kernel/osrelease"), text);
}

static void a_kernel_from_5_11_on_is_new_enough(void **state)
{
    release_is("6.1.0-13-arm64\n");
    assert_int_equal(examine(doctor_check_kernel_version), DOCTOR_OK);
    assert_string_equal(r.found, "Linux 6.1.0-13-arm64");
    release_is("5.11.0\n");
    assert_int_equal(examine(doctor_check_kernel_version), DOCTOR_OK);
    release_is("10.0\n");
    assert_int_equal(examine(doctor_check_kernel_version), DOCTOR_OK);
}

static void an_older_kernel_decides_nothing(void **state)
{
    release_is("5.10.0-28-amd64\n");
    assert_int_equal(examine(doctor_check_kernel_version), DOCTOR_NOTE);
    release_is("4.18.0-553.el8_10.x86_64\n");
    assert_int_equal(examine(doctor_check_kernel_version), DOCTOR_NOTE);
    assert_contains(r.found, "is older than 5.11");
    assert_string_equal(r.cure, "make vm");
}

static void a_kernel_without_a_version_is_one_without_proc(void **state)
{
    assert_int_equal(examine(doctor_check_kernel_version), DOCTOR_NOTE);
    assert_string_equal(r.cure, "sudo mount -t proc proc /proc");
    release_is("next\n");
    assert_int_equal(examine(doctor_check_kernel_version), DOCTOR_NOTE);
}

static void wsl_says_who_built_it(void **state)
{
    const char *version = path_in(m.root, "proc/version");

    write_file(version, "Linux version 6.8.0-31-generic (buildd@lcy02-amd64-080)\n");
    assert_int_equal(examine(doctor_check_wsl), DOCTOR_OK);
    write_file(version, "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1)\n");
    assert_int_equal(examine(doctor_check_wsl), DOCTOR_NOTE);
    assert_contains(r.found, "WSL 2");
    write_file(version, "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)\n");
    assert_int_equal(examine(doctor_check_wsl), DOCTOR_NOTE);
    assert_contains(r.found, "WSL 1");
    assert_string_equal(r.cure, "wsl.exe --set-version DISTRIBUTION 2");
    setenv("WSL_DISTRO_NAME", "Ubuntu", 1);
    examine(doctor_check_wsl);
    assert_string_equal(r.cure, "wsl.exe --set-version Ubuntu 2");
}

/* These lines have the form of a hybrid layout. */
static void wsl_2_with_cgroups_of_v1_needs_root_for_step_4(void **state)
{
    write_file(path_in(m.root, "proc/version"),
               "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1)\n");
    write_file(path_in(m.root, "proc/self/cgroup"), "0::/init.scope\n");
    assert_int_equal(examine(doctor_check_wsl), DOCTOR_NOTE);
    assert_contains(r.found, "depend on .wslconfig");
    assert_string_equal(r.cure, "");
    write_file(path_in(m.root, "proc/self/cgroup"),
               "14:misc:/\n8:pids:/\n7:memory:/\n3:cpu,cpuacct:/\n0::/init.scope\n");
    assert_int_equal(examine(doctor_check_wsl), DOCTOR_NOTE);
    assert_contains(r.found, "step 4 needs root");
    assert_string_equal(r.cure, "sudo build/step04 build/rootfs");
    m.uid = 0;
    examine(doctor_check_wsl);
    assert_string_equal(r.cure, "");
}

static void namespaces_are(const char *pid, const char *user)
{
    shell("cd %s/proc/self/ns && ln -sfn 'pid:[%s]' pid && ln -sfn 'user:[%s]' user", m.root, pid,
          user);
}

static void a_container_is_known_by_its_pid_namespace(void **state)
{
    namespaces_are("4026532441", "4026531837");
    assert_int_equal(examine(doctor_check_nested), DOCTOR_NOTE);
    assert_contains(r.found, "inside a container: ");
    assert_null(m.engine);
    write_file(path_in(m.root, "run/.containerenv"), "");
    examine(doctor_check_nested);
    assert_string_equal(m.engine, "podman");
    write_file(path_in(m.root, ".dockerenv"), "");
    examine(doctor_check_nested);
    assert_string_equal(m.engine, "docker");
    assert_contains(r.found, "inside a container of docker: ");
}

static void a_codespace_is_a_container_without_an_engine(void **state)
{
    namespaces_are("4026532441", "4026531837");
    write_file(path_in(m.root, ".dockerenv"), "");
    shell("mkdir %s/workspaces/.codespaces", m.root);
    assert_int_equal(examine(doctor_check_nested), DOCTOR_NOTE);
    assert_contains(r.found, "Codespace");
    assert_null(m.engine);
    assert_true(m.nested);
}

static void a_machine_that_boots_an_image_is_no_container(void **state)
{
    write_file(path_in(m.root, ".dockerenv"), "");
    namespaces_are("4026531836", "4026531837");
    assert_int_equal(examine(doctor_check_nested), DOCTOR_OK);
    assert_null(m.engine);
}

static void a_user_namespace_alone_is_no_container(void **state)
{
    write_file(path_in(m.root, ".dockerenv"), "");
    namespaces_are("4026531836", "4026532999");
    assert_int_equal(examine(doctor_check_nested), DOCTOR_NOTE);
    assert_contains(r.found, "in a user namespace");
    assert_null(m.engine);
}

static void a_kernel_without_namespaces_is_no_container(void **state)
{
    assert_int_equal(examine(doctor_check_nested), DOCTOR_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_kernel_from_5_11_on_is_new_enough),
        TEST(an_older_kernel_decides_nothing),
        TEST(a_kernel_without_a_version_is_one_without_proc),
        TEST(wsl_says_who_built_it),
        TEST(wsl_2_with_cgroups_of_v1_needs_root_for_step_4),
        TEST(a_codespace_is_a_container_without_an_engine),
        TEST(a_container_is_known_by_its_pid_namespace),
        TEST(a_machine_that_boots_an_image_is_no_container),
        TEST(a_user_namespace_alone_is_no_container),
        TEST(a_kernel_without_namespaces_is_no_container),
    };
    return check_run(tests);
}
