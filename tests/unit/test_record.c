/* Plain folders stand in for the cgroups that are recorded. */
#include "check.h"
#include "files.h"
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;
static int scratch;

static void begin(void)
{
    shell("cd '%s' && rm -rf scratch away && mkdir scratch away", folder);
    scratch = open(path_in(folder, "scratch"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void end(void)
{
    close(scratch);
}

static void recorded_folders_go_with_those_in_them(void **state)
{
    begin();
    assert_int_equal(record_add(scratch, "one", path_in(folder, "away/one")), 0);
    assert_int_equal(record_add(scratch, "two", path_in(folder, "away/two")), 0);
    assert_int_equal(record_add(scratch, "never", path_in(folder, "away/never-made")), 0);
    shell("cd '%s/away' && mkdir -p one two/a/b two/c three", folder);
    assert_int_equal(CATCH(record_settle(scratch, "DIR")), 0);
    assert_string_equal(caught, "");
    shell("[ \"$(ls -A '%s/away')\" = three ]", folder);
    assert_int_equal(record_settle(scratch, "DIR"), 0);
    end();
}

static void a_file_never_goes(void **state)
{
    begin();
    assert_int_equal(record_add(scratch, "file", path_in(folder, "away/file")), 0);
    assert_int_equal(record_add(scratch, "full", path_in(folder, "away/full")), 0);
    assert_int_equal(record_add(scratch, "link", path_in(folder, "away/link")), 0);
    shell("cd '%s/away' && mkdir full && : >file && : >full/file && ln -s full link", folder);
    assert_int_equal(CATCH(record_settle(scratch, "DIR")), -1);
    assert_contains(caught, "/away/file: ENOTDIR (Not a directory)\n");
    assert_contains(caught, "/away/full: ENOTEMPTY (Directory not empty)\n");
    assert_contains(caught, "/away/link: ENOTDIR (Not a directory)\n");
    shell("cd '%s/away' && [ -e file ] && [ -e full/file ] && [ -L link ]", folder);
    end();
}

static void what_was_not_made_is_taken_back(void **state)
{
    begin();
    shell("mkdir '%s/away/others'", folder);
    assert_int_equal(record_add(scratch, "one", path_in(folder, "away/others")), 0);
    errno = EEXIST;
    record_drop(scratch, "one");
    assert_int_equal(errno, EEXIST);
    assert_int_equal(record_settle(scratch, "DIR"), 0);
    assert_true(exists(path_in(folder, "away/others")));
    end();
}

static void without_a_scratch_directory_nothing_is_noted(void **state)
{
    assert_int_equal(record_add(-1, "one", "/tmp"), 0);
    record_drop(-1, "one");
    begin();
    assert_int_equal(record_settle(scratch, "DIR"), 0); /* it has no records */
    end();
}

static void only_a_link_of_that_name_is_a_record(void **state)
{
    begin();
    shell("cd '%s' && mkdir away/one scratch/.elsewhere-folder && : >scratch/.elsewhere-file && "
          "ln -s '%s/away/one' scratch/lower",
          folder, folder);
    assert_int_equal(CATCH(record_settle(scratch, "DIR")), 0);
    assert_string_equal(caught, "");
    assert_true(exists(path_in(folder, "away/one")));
    assert_int_equal(CATCH(record_add(scratch, "file", "/nowhere")), -1);
    assert_contains(caught, "container: record /nowhere: EEXIST (File exists)\n");
    assert_int_equal(CATCH(record_settle(-1, "DIR")), -1);
    assert_contains(caught, "container: read the records in DIR: EBADF (Bad file descriptor)\n");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_folders_go_with_those_in_them),
        cmocka_unit_test(a_file_never_goes),
        cmocka_unit_test(what_was_not_made_is_taken_back),
        cmocka_unit_test(without_a_scratch_directory_nothing_is_noted),
        cmocka_unit_test(only_a_link_of_that_name_is_a_record),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
