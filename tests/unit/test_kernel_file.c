#include "check.h"
#include "files.h"
#include "kernel_file.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *folder;

static void a_setting_is_written(void **state)
{
    write_file(path_in(folder, "setting"), "");
    assert_int_equal(CATCH(kernel_file_write(folder, "setting", "64")), 0);
    assert_string_equal(caught, "");
    assert_string_equal(read_file(path_in(folder, "setting")), "64");
    unlink(path_in(folder, "setting"));
}

static void a_refusal_names_the_text_and_the_file(void **state)
{
    char message[PATH_MAX];

    assert_int_equal(CATCH(kernel_file_write(folder, "setting", "0 1000 1")), -1);
    assert_int_equal(errno, ENOENT);
    snprintf(message, sizeof(message), "container: write '0 1000 1' to %s/setting: ENOENT", folder);
    assert_contains(caught, message);
}

static void a_path_too_long_is_refused(void **state)
{
    char name[PATH_MAX + 1];

    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(CATCH(kernel_file_write(folder, name, "1")), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

/* This is the last test, since nothing can switch the trace off again. */
static void it_is_explained_before_it_fails(void **state)
{
    explain_on();
    assert_int_equal(CATCH(kernel_file_write("/no/such", "pids.max", "64")), -1);
    assert_contains(caught, "+ echo 64 > /no/such/pids.max\ncontainer: write '64'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_setting_is_written),
        cmocka_unit_test(a_refusal_names_the_text_and_the_file),
        cmocka_unit_test(a_path_too_long_is_refused),
        cmocka_unit_test(it_is_explained_before_it_fails),
    };
    folder = new_folder();
    int failed = check_run(tests);
    rmdir(folder);
    return failed;
}
