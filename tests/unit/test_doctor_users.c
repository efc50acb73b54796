#include "check.h"
#include "doctor.h"
#include "files.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/* A machine whose /proc and /etc are in a folder. */
static struct doctor_machine m;
static struct doctor_result r;

/* The files of the folder are root's. */
int __real_fstat64(int fd, struct stat *status);
int __wrap_fstat64(int fd, struct stat *status)
{
    int result = __real_fstat64(fd, status);

    status->st_uid = 0;
    return result;
}

static int set_up(void **state)
{
    m = (struct doctor_machine){.root = new_folder(), .user = "student", .uid = 1000};
    shell("cd %s && mkdir -p proc/sys/kernel proc/sys/user etc bin", m.root);
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

static void be_root(void)
{
    strcpy(m.user, "root");
    m.uid = 0;
}

static void setting_is(const char *path, const char *value)
{
    write_file(path_in(m.root, path), value);
}

static void no_setting_forbids_where_there_is_none(void **state)
{
    assert_int_equal(examine(doctor_check_userns_sysctl), DOCTOR_OK);
    setting_is("proc/sys/user/max_user_namespaces", "63485\n");
    setting_is("proc/sys/kernel/unprivileged_userns_clone", "1\n");
    assert_int_equal(examine(doctor_check_userns_sysctl), DOCTOR_OK);
    assert_string_equal(r.cure, "");
}

static void debians_old_setting_forbids_it_to_users_only(void **state)
{
    setting_is("proc/sys/kernel/unprivileged_userns_clone", "0\n");
    assert_int_equal(examine(doctor_check_userns_sysctl), DOCTOR_LACK);
    assert_string_equal(r.cure, "sudo sysctl -w kernel.unprivileged_userns_clone=1");
    be_root();
    assert_int_equal(examine(doctor_check_userns_sysctl), DOCTOR_OK);
}

static void a_limit_of_0_forbids_it_to_root_too(void **state)
{
    be_root();
    setting_is("proc/sys/user/max_user_namespaces", "0\n");
    assert_int_equal(examine(doctor_check_userns_sysctl), DOCTOR_LACK);
    assert_string_equal(r.found, "user.max_user_namespaces is 0");
    assert_string_equal(r.cure, "sudo sysctl -w user.max_user_namespaces=10000");
    setting_is("proc/sys/user/max_user_namespaces", "1\n");
    setting_is("proc/sys/user/max_net_namespaces", "0\n");
    assert_int_equal(examine(doctor_check_userns_sysctl), DOCTOR_LACK);
    assert_string_equal(r.cure, "sudo sysctl -w user.max_net_namespaces=10000");
}

static void apparmor_counts_where_it_stops_this_program(void **state)
{
    assert_int_equal(examine(doctor_check_apparmor_userns), DOCTOR_OK);
    setting_is("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "0\n");
    assert_int_equal(examine(doctor_check_apparmor_userns), DOCTOR_OK);
    setting_is("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
    assert_int_equal(examine(doctor_check_apparmor_userns), DOCTOR_LACK);
    assert_string_equal(r.cure, "make apparmor, or for all programs: sudo sysctl -w "
                                "kernel.apparmor_restrict_unprivileged_userns=0");
    m.userns = true;
    assert_int_equal(examine(doctor_check_apparmor_userns), DOCTOR_OK);
    assert_string_equal(r.cure, "");
}

static void a_range_is_by_name_or_by_number(void **state)
{
    write_file(path_in(m.root, "etc/subuid"), "alice:100000:65536\n\nstudent:165536:65536\n");
    write_file(path_in(m.root, "etc/subgid"), "1000:165536:65536\n");
    assert_int_equal(examine(doctor_check_subuid), DOCTOR_OK);
    assert_string_equal(r.found, "student may use 65536 ids from 165536 on");
}

static void a_range_is_needed_in_both_files(void **state)
{
    assert_int_equal(examine(doctor_check_subuid), DOCTOR_NOTE);
    write_file(path_in(m.root, "etc/subuid"), "student:100000:65536\n");
    write_file(path_in(m.root, "etc/subgid"), "students:100000:65536\nstudent:\n");
    assert_int_equal(examine(doctor_check_subuid), DOCTOR_NOTE);
    assert_string_equal(r.found,
                        "no range of ids for student in /etc/subgid: step05 has one id inside");
    assert_string_equal(r.cure, "sudo usermod --add-subuids 100000-165535 --add-subgids "
                                "100000-165535 student");
}

static void newuidmap_is_there_with_its_rights_or_not(void **state)
{
    assert_int_equal(examine(doctor_check_newuidmap), DOCTOR_NOTE);
    assert_string_equal(r.cure, "sudo apt-get install uidmap");
    shell("cd %s/bin && touch newuidmap newgidmap && chmod 755 *", m.root);
    assert_int_equal(examine(doctor_check_newuidmap), DOCTOR_NOTE);
    assert_contains(r.cure, "/bin/newuidmap");
    shell("cd %s/bin && chmod 4755 newuidmap", m.root);
    assert_int_equal(examine(doctor_check_newuidmap), DOCTOR_NOTE);
    assert_contains(r.cure, "/bin/newgidmap");
    shell("cd %s/bin && chmod 4755 newgidmap", m.root);
    assert_int_equal(examine(doctor_check_newuidmap), DOCTOR_OK);
}

static int examine_without_new_rights(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return 99;
    return examine(doctor_check_newuidmap) == DOCTOR_NOTE && strstr(r.found, "no_new_privs") ? 0
                                                                                             : 1;
}

static void newuidmap_is_of_no_use_under_no_new_privs(void **state)
{
    shell("cd %s/bin && touch newuidmap newgidmap && chmod 4755 *", m.root);
    assert_int_equal(in_child(examine_without_new_rights), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(no_setting_forbids_where_there_is_none),
        TEST(debians_old_setting_forbids_it_to_users_only),
        TEST(a_limit_of_0_forbids_it_to_root_too),
        TEST(apparmor_counts_where_it_stops_this_program),
        TEST(a_range_is_by_name_or_by_number),
        TEST(a_range_is_needed_in_both_files),
        TEST(newuidmap_is_of_no_use_under_no_new_privs),
        TEST(newuidmap_is_there_with_its_rights_or_not),
    };
    return check_run(tests);
}
