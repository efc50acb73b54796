#include "check.h"
#include "files.h"
#include "hierarchy.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char *folder;
static struct hierarchy h;

static int find(const char *controller, const char *cgroup, const char *mountinfo)
{
    write_file(path_in(folder, "cgroup"), cgroup);
    write_file(path_in(folder, "mountinfo"), mountinfo);
    return CATCH(hierarchy_find(&h, controller, folder));
}

static void assert_found(int result, int version, const char *top, const char *own)
{
    assert_string_equal(caught, "");
    assert_int_equal(result, 0);
    assert_int_equal(h.version, version);
    assert_string_equal(h.top, top);
    assert_string_equal(h.own, own);
}

static void assert_not_found(int result, const char *message)
{
    assert_int_equal(result, -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, message);
}

static const char v1_cgroup[] = "12:cpuset:/\n"
                                "7:cpuacct,cpu:/user/1\n"
                                "4:memory:/user/2\n"
                                "1:name=systemd:/user/3\n";
static const char v1_mounts[] =
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "31 23 0:28 / /sys/fs/cgroup ro shared:2 - tmpfs tmpfs ro,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/systemd rw shared:3 - cgroup cgroup rw,name=systemd\n"
    "33 31 0:30 / /sys/fs/cgroup/cpuset rw shared:4 - cgroup cgroup rw,cpuset\n"
    "34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw shared:6 - cgroup cgroup rw,memory\n";

static const char v2_cgroup[] = "0::/user.slice/user-1000.slice\n";
static const char v2_mounts[] =
    "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 master:1 - cgroup2 cgroup2 rw,nsdelegate\n";

static void v2_has_one_tree_for_all(void **state)
{
    static const char own[] = "/sys/fs/cgroup/user.slice/user-1000.slice";

    assert_found(find("memory", v2_cgroup, v2_mounts), 2, "/sys/fs/cgroup", own);
    assert_found(find("cpu", v2_cgroup, v2_mounts), 2, "/sys/fs/cgroup", own);
    assert_found(find("pids", v2_cgroup, v2_mounts), 2, "/sys/fs/cgroup", own);
}

static void v1_has_a_tree_for_each(void **state)
{
    assert_found(find("memory", v1_cgroup, v1_mounts), 1, "/sys/fs/cgroup/memory",
                 "/sys/fs/cgroup/memory/user/2");
    assert_found(find("cpu", v1_cgroup, v1_mounts), 1, "/sys/fs/cgroup/cpu,cpuacct",
                 "/sys/fs/cgroup/cpu,cpuacct/user/1");
    assert_found(find("cpuset", v1_cgroup, v1_mounts), 1, "/sys/fs/cgroup/cpuset",
                 "/sys/fs/cgroup/cpuset");
}

/* The v2 line is the first or the last. Neither it nor the tmpfs is taken for a tree of v1. */
static void hybrid_has_both_and_the_controllers_are_in_v1(void **state)
{
    char cgroup[1024], mounts[2048];

    for (int last = 0; last <= 1; last++) {
        static const char line[] = "36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

        snprintf(cgroup, sizeof(cgroup), "%s%s%s", last ? "" : v2_cgroup, v1_cgroup,
                 last ? v2_cgroup : "");
        snprintf(mounts, sizeof(mounts), "%s%s%s", last ? "" : line, v1_mounts, last ? line : "");
        assert_found(find("memory", cgroup, mounts), 1, "/sys/fs/cgroup/memory",
                     "/sys/fs/cgroup/memory/user/2");
        assert_found(find("pids", cgroup, mounts), 2, "/sys/fs/cgroup/unified",
                     "/sys/fs/cgroup/unified/user.slice/user-1000.slice");
    }
}

static void a_v1_hierarchy_that_is_not_mounted_is_not_looked_for_in_v2(void **state)
{
    assert_not_found(find("memory", "4:memory:/\n0::/\n", v2_mounts),
                     "container: find where the cgroup v1 hierarchy with memory and / is mounted: "
                     "ENOENT (No such file or directory)\n");
}

static void in_a_cgroup_namespace_the_top_is_ones_own(void **state)
{
    assert_found(find("memory", "0::/\n", v2_mounts), 2, "/sys/fs/cgroup", "/sys/fs/cgroup");
}

/* So it is in a container that shows its host's cgroups, or when a process was moved out. */
static void what_is_outside_of_the_namespace_is_not_found(void **state)
{
    assert_not_found(
        find("memory", "0::/\n", "30 23 0:26 /../.. /sys/fs/cgroup rw - cgroup2 none rw\n"),
        "container: find where the cgroup v2 hierarchy with memory and / is mounted: ENOENT");
    assert_not_found(find("memory", "0::/../other\n", v2_mounts), "with memory and /../other is");
    assert_not_found(find("memory", "0::/..\n", v2_mounts), "with memory and /.. is");
}

static const char part_mounts[] =
    "30 23 0:26 /foo /mnt/a rw - cgroup2 none rw\n31 23 0:26 /bar /mnt/b rw - cgroup2 none rw\n";

static void a_part_of_the_tree_may_be_mounted(void **state)
{
    assert_found(find("memory", "0::/foo\n", part_mounts), 2, "/mnt/a", "/mnt/a");
    assert_found(find("memory", "0::/foo/x/y\n", part_mounts), 2, "/mnt/a", "/mnt/a/x/y");
    assert_found(find("memory", "0::/bar/x\n", part_mounts), 2, "/mnt/b", "/mnt/b/x");
}

static void a_part_ends_at_a_slash(void **state)
{
    assert_not_found(find("memory", "0::/foobar\n", part_mounts), "with memory and /foobar is");
    assert_not_found(find("memory", "0::/\n", part_mounts), "with memory and / is");
    assert_not_found(find("memory", "0::/other\n", part_mounts), "with memory and /other is");
}

/* mountinfo escapes these characters, cgroup does not. */
static void a_path_may_have_blanks_backslashes_and_colons(void **state)
{
    assert_found(find("memory", "4:memory:/a b\\/c:d\n",
                      "30 23 0:26 /a\\040b\\134 /mnt/x\\011y\\040z rw - cgroup none rw,memory\n"),
                 1, "/mnt/x\ty z", "/mnt/x\ty z/c:d");
}

static void lines_of_other_kinds_are_passed_over(void **state)
{
    char mounts[20000];

    snprintf(mounts, sizeof(mounts),
             "\n - \nnothing\n30 23 0:26 / /mnt rw - overlay overlay rw,lowerdir=%0*d\n"
             "30 23 0:26 / /mnt/not-mine rw - cgroup cgroup rw,memory\n%s",
             15000, 0, v2_mounts);
    assert_found(find("memory", "\nnothing\n0::/x\n", mounts), 2, "/sys/fs/cgroup",
                 "/sys/fs/cgroup/x");
}

static void a_controller_that_no_hierarchy_has_is_reported(void **state)
{
    assert_not_found(find("pids", v1_cgroup, v1_mounts),
                     "container: find a cgroup hierarchy for the controller pids: ENOENT (No such "
                     "file or directory)\n"
                     "container: hint: this kernel has none, or it was switched off at boot: cat "
                     "/proc/cgroups\n");
    assert_not_found(find("memory", "", v1_mounts), "for the controller memory: ENOENT");
}

static void a_path_too_long_is_not_taken(void **state)
{
    char cgroup[PATH_MAX], mounts[2 * PATH_MAX];

    snprintf(cgroup, sizeof(cgroup), "0::/%0*d\n", PATH_MAX - 100, 0);
    snprintf(mounts, sizeof(mounts), "30 23 0:26 / /%0*d rw - cgroup2 none rw\n", 100, 0);
    assert_not_found(find("memory", cgroup, mounts), "find where the cgroup v2 hierarchy");
}

static void a_missing_file_is_reported(void **state)
{
    char message[PATH_MAX];

    write_file(path_in(folder, "cgroup"), v2_cgroup);
    unlink(path_in(folder, "mountinfo"));
    snprintf(message, sizeof(message), "container: open %s/mountinfo: ENOENT (No such ", folder);
    assert_not_found(CATCH(hierarchy_find(&h, "memory", folder)), message);
    unlink(path_in(folder, "cgroup"));
    snprintf(message, sizeof(message), "container: open %s/cgroup: ENOENT (No such ", folder);
    assert_not_found(CATCH(hierarchy_find(&h, "memory", folder)), message);
}

static long file_system;
static int statfs_error;

/* With offsets of 64 bits, statfs has the name statfs64. */
int __wrap_statfs64(const char *path, struct statfs *fs)
{
    assert_string_equal(path, "/cg/own");
    fs->f_type = file_system;
    return refuse(statfs_error);
}

static int verify(int version, long type, int error)
{
    h = (struct hierarchy){.version = version, .top = "/cg", .own = "/cg/own"};
    file_system = type;
    statfs_error = error;
    return CATCH(hierarchy_verify(&h));
}

static void the_file_systems_type_tells_what_a_hierarchy_is(void **state)
{
    assert_int_equal(verify(1, CGROUP_SUPER_MAGIC, 0), 0);
    assert_int_equal(verify(2, CGROUP2_SUPER_MAGIC, 0), 0);
    assert_string_equal(caught, "");
    assert_int_equal(verify(1, TMPFS_MAGIC, 0), -1); /* a hybrid's trees are mounted on one */
    assert_int_equal(errno, EINVAL);
    assert_string_equal(
        caught, "container: /cg/own is no cgroup v1 file system: EINVAL (Invalid argument)\n");
    assert_int_equal(verify(1, CGROUP2_SUPER_MAGIC, 0), -1);
    assert_int_equal(verify(2, CGROUP_SUPER_MAGIC, 0), -1);
    assert_contains(caught, "is no cgroup v2 file system");
}

static void a_cgroup_that_cannot_be_seen_is_reported(void **state)
{
    assert_int_equal(verify(2, 0, ENOENT), -1);
    assert_int_equal(errno, ENOENT);
    assert_string_equal(
        caught, "container: look at the cgroup /cg/own: ENOENT (No such file or directory)\n");
}

/* A folder can be opened, but not read. */
static void a_file_that_cannot_be_read_is_not_one_without_the_line(void **state)
{
    find("memory", v2_cgroup, v2_mounts);
    shell("rm '%s/cgroup' && mkdir '%s/cgroup'", folder, folder);
    assert_int_equal(CATCH(hierarchy_find(&h, "memory", folder)), -1);
    assert_int_equal(errno, EISDIR);
    assert_string_equal(caught, "container: find a cgroup hierarchy for the controller memory: "
                                "EISDIR (Is a directory)\n");
    shell("rmdir '%s/cgroup'", folder);
    find("memory", v2_cgroup, v2_mounts);
    shell("rm '%s/mountinfo' && mkdir '%s/mountinfo'", folder, folder);
    assert_int_equal(CATCH(hierarchy_find(&h, "memory", folder)), -1);
    assert_int_equal(errno, EISDIR);
    assert_contains(caught, "is mounted: EISDIR (Is a directory)\n");
    shell("rmdir '%s/mountinfo'", folder);
}

static void an_entry_of_a_list_is_a_whole_one(void **state)
{
    assert_true(hierarchy_list_has("cpuset cpu io", " ", "cpu"));
    assert_true(hierarchy_list_has("quiet\tcgroup_disable=memory", " \t", "cgroup_disable=memory"));
    assert_true(hierarchy_list_has("cpuset  cpu ", " ", "cpu"));
    assert_true(hierarchy_list_has("cpu", ",", "cpu"));
    assert_false(hierarchy_list_has("cpuset,io", ",", "cpu"));
    assert_false(hierarchy_list_has("io,acpu", ",", "cpu"));
    assert_false(hierarchy_list_has("", " ", "cpu"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v2_has_one_tree_for_all),
        cmocka_unit_test(v1_has_a_tree_for_each),
        cmocka_unit_test(hybrid_has_both_and_the_controllers_are_in_v1),
        cmocka_unit_test(a_v1_hierarchy_that_is_not_mounted_is_not_looked_for_in_v2),
        cmocka_unit_test(in_a_cgroup_namespace_the_top_is_ones_own),
        cmocka_unit_test(what_is_outside_of_the_namespace_is_not_found),
        cmocka_unit_test(a_part_of_the_tree_may_be_mounted),
        cmocka_unit_test(a_part_ends_at_a_slash),
        cmocka_unit_test(a_path_may_have_blanks_backslashes_and_colons),
        cmocka_unit_test(lines_of_other_kinds_are_passed_over),
        cmocka_unit_test(a_controller_that_no_hierarchy_has_is_reported),
        cmocka_unit_test(a_path_too_long_is_not_taken),
        cmocka_unit_test(a_missing_file_is_reported),
        cmocka_unit_test(a_file_that_cannot_be_read_is_not_one_without_the_line),
        cmocka_unit_test(an_entry_of_a_list_is_a_whole_one),
        cmocka_unit_test(the_file_systems_type_tells_what_a_hierarchy_is),
        cmocka_unit_test(a_cgroup_that_cannot_be_seen_is_reported),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
