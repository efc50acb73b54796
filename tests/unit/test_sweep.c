/* The tests of the steps kill real containers; here is what they cannot see. */
#include "check.h"
#include "files.h"
#include "inside.h"
#include "scratch.h"
#include "sweep.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static char folder[PATH_MAX];

static void make_dead(const char *name, bool keep)
{
    struct scratch s = {.keep = keep};

    assert_int_equal(scratch_make(&s, folder, name), 0);
    shell("cd '%s' && mkdir upper work merged && : >upper/file", s.dir);
    scratch_close(&s);
}

static void the_dead_go_without_a_word(void **state)
{
    make_dead("one", false);
    make_dead("two", false);
    assert_int_equal(CATCH(sweep_leftovers(folder, "web")), 0);
    assert_string_equal(caught, "");
    shell("[ -z \"$(ls -A '%s')\" ]", folder);
}

enum { MANY = 200, AT_A_TIME = 64, TIMES = 6 };

static const char *name_of_dead(int i)
{
    static char name[16];

    snprintf(name, sizeof(name), "dead%d", i);
    return name;
}

static int count_dead(void)
{
    int count = 0;

    for (int i = 0; i < MANY; i++)
        count += exists(path_in(folder, name_of_dead(i)));
    return count;
}

static void of_many_each_has_its_turn(void **state)
{
    for (int i = 0; i < MANY; i++)
        make_dead(name_of_dead(i), false);
    assert_int_equal(sweep_leftovers(folder, "web"), 0);
    assert_in_range(count_dead(), MANY - AT_A_TIME, MANY - 1);
    for (int i = 1; i < TIMES; i++)
        assert_int_equal(sweep_leftovers(folder, "web"), 0);
    assert_int_equal(count_dead(), 0);
}

static void the_living_stay(void **state)
{
    struct scratch s = {.keep = false};

    assert_int_equal(scratch_make(&s, folder, "alive"), 0);
    assert_int_equal(CATCH(sweep_leftovers(folder, "alive")), 0);
    assert_true(exists(s.dir));
    assert_int_equal(scratch_remove(&s), 0);
}

static void a_layer_to_be_kept_is_named(void **state)
{
    make_dead("kept", true);
    assert_int_equal(CATCH(sweep_leftovers(folder, "web")), 0);
    assert_string_equal(caught + strlen("container: kept "), path_in(folder, "kept/upper\n"));
    assert_int_equal(CATCH(sweep_leftovers(folder, "kept")), 0);
    assert_string_equal(caught, "");
    shell("cd '%s' && [ \"$(ls -A kept)\" = upper ] && rm -r kept", folder);
}

static int unmount_dead(void)
{
    char before[PATH_MAX], after[PATH_MAX];

    make_dead("dead", false);
    INSIDE_CHECK(mount("tmpfs", path_in(folder, "dead/merged"), "tmpfs", 0, NULL) == 0);
    INSIDE_CHECK(mount("tmpfs", path_in(folder, "dead/merged"), "tmpfs", 0, NULL) == 0);
    INSIDE_CHECK(getcwd(before, sizeof(before)) && sweep_leftovers(folder, "web") == 0);
    INSIDE_CHECK(getcwd(after, sizeof(after)) && strcmp(before, after) == 0);
    INSIDE_CHECK(!exists(path_in(folder, "dead")));
    return 0;
}

/* A relative ROOTFS must still lead to the image. */
static void a_mount_goes_and_the_working_directory_stays(void **state)
{
    assert_inside(unmount_dead);
}

/* The place is in the folder of a dead container, which is not one of those in the place. */
static void the_folder_above_is_not_in_the_place(void **state)
{
    make_dead("outer", false);
    shell("cd '%s/outer' && mkdir place && : >place/.container && chmod 700 place", folder);
    assert_int_equal(CATCH(sweep_leftovers(path_in(folder, "outer/place"), "web")), 0);
    assert_true(exists(path_in(folder, "outer/upper/file")));
    assert_true(exists(path_in(folder, "outer/place/.container")));
    shell("rm -r '%s/outer'", folder);
}

static void a_place_that_is_not_there_is_no_error_here(void **state)
{
    assert_int_equal(CATCH(sweep_leftovers("/no/such", "web")), 0);
    assert_int_equal(CATCH(sweep_leftovers("/dev/null", "web")), 0);
    assert_string_equal(caught, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dead_go_without_a_word),
        cmocka_unit_test(of_many_each_has_its_turn),
        cmocka_unit_test(the_living_stay),
        cmocka_unit_test(a_layer_to_be_kept_is_named),
        cmocka_unit_test(a_mount_goes_and_the_working_directory_stays),
        cmocka_unit_test(the_folder_above_is_not_in_the_place),
        cmocka_unit_test(a_place_that_is_not_there_is_no_error_here),
    };
    snprintf(folder, sizeof(folder), "%s", new_folder());
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
