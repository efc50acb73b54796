#include "check.h"
#include "files.h"
#include "sockets.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;

static void assert_groups(const char *map, const char *wanted)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s", path_in(folder, "gid_map"));
    write_file(path, map);
    write_file(path_in(folder, "ping_group_range"), "");
    write_file(path_in(folder, "ip_unprivileged_port_start"), "");
    assert_int_equal(CATCH(sockets_allow(folder, path)), 0);
    assert_string_equal(caught, "");
    assert_string_equal(read_file(path_in(folder, "ping_group_range")), wanted);
    assert_string_equal(read_file(path_in(folder, "ip_unprivileged_port_start")), "0");
}

static void all_groups_inside_may_ping(void **state)
{
    assert_groups("         0 1879048192      65536\n", "0 65535");
    assert_groups("         0       1000          1\n", "0 0");
    assert_groups("         0       1000          1\n         1     100000      65535\n",
                  "0 65535");
}

/* The kernel would take such a range for none. */
static void a_group_that_is_higher_on_the_host_is_left_out(void **state)
{
    assert_groups("0 200000 1\n1 100000 65535\n", "1 65535");
}

static void a_kernel_without_the_settings_needs_none(void **state)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s", path_in(folder, "gid_map"));
    write_file(path, "0 0 1\n");
    unlink(path_in(folder, "ping_group_range"));
    unlink(path_in(folder, "ip_unprivileged_port_start"));
    assert_int_equal(CATCH(sockets_allow(folder, path)), 0);
    assert_false(exists(path_in(folder, "ping_group_range")));
}

static void a_refusal_is_reported(void **state)
{
    char map[PATH_MAX];

    snprintf(map, sizeof(map), "%s", path_in(folder, "gid_map"));
    write_file(map, "0 0 1\n");
    assert_int_equal(CATCH(sockets_allow(folder, path_in(folder, "none"))), -1);
    assert_contains(caught, "/none: ENOENT (No such file or directory)\n");
    assert_int_equal(CATCH(sockets_allow("/dev/null", map)), -1);
    assert_contains(caught, "container: look at /dev/null/ping_group_range: ENOTDIR");
    unlink(path_in(folder, "ping_group_range"));
    assert_int_equal(mkdir(path_in(folder, "ping_group_range"), 0700), 0);
    assert_int_equal(CATCH(sockets_allow(folder, map)), -1);
    assert_contains(caught, "/ping_group_range: EISDIR (Is a directory)\n");
    rmdir(path_in(folder, "ping_group_range"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_groups_inside_may_ping),
        cmocka_unit_test(a_group_that_is_higher_on_the_host_is_left_out),
        cmocka_unit_test(a_kernel_without_the_settings_needs_none),
        cmocka_unit_test(a_refusal_is_reported),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
