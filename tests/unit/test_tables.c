#include "check.h"
#include "files.h"
#include "tables.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;

static const char *limit_after(const char *name)
{
    write_file(path_in(folder, name), "9");
    assert_int_equal(CATCH(tables_limit(folder)), 0);
    assert_string_equal(caught, "");
    return read_file(path_in(folder, name));
}

static void a_limit_is_written_where_the_kernel_has_the_table(void **state)
{
    assert_int_equal(tables_limit(folder), 0);
    assert_string_equal(limit_after("max_inotify_instances"), "32");
    assert_string_equal(limit_after("max_inotify_watches"), "8192");
    assert_string_equal(limit_after("max_user_namespaces"), "0");
    assert_string_equal(limit_after("max_net_namespaces"), "0");
    assert_string_equal(limit_after("max_time_namespaces"), "0");
}

/* Each new mount is in a namespace of its own, until it is put into place. */
static void mounts_are_still_made(void **state)
{
    assert_string_equal(limit_after("max_mnt_namespaces"), "9");
}

static void a_refusal_is_reported(void **state)
{
    char file[PATH_MAX], message[PATH_MAX + 64];

    snprintf(file, sizeof(file), "%s", path_in(folder, "max_inotify_instances"));
    unlink(file);
    assert_int_equal(mkdir(file, 0700), 0);
    assert_int_equal(CATCH(tables_limit(folder)), -1);
    assert_int_equal(errno, EISDIR);
    snprintf(message, sizeof(message), "container: write '32' to %s: EISDIR", file);
    assert_contains(caught, message);
    assert_int_equal(CATCH(tables_limit("/dev/null")), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_contains(caught, "container: look at /dev/null/max_inotify_instances: ENOTDIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_is_written_where_the_kernel_has_the_table),
        cmocka_unit_test(mounts_are_still_made),
        cmocka_unit_test(a_refusal_is_reported),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -rf '%s'", folder);
    return failed;
}
