/* The hierarchies are wrapped: their folders are those of the test. */
#include "check.h"
#include "files.h"
#include "hierarchy.h"
#include "membership.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *folder;
static bool is_v1;
static int find_error, write_error;
static const char *texts[2];

int __wrap_hierarchy_find_of(struct hierarchy *h, const char *controller, const char *proc,
                             const char *other)
{
    assert_string_equal(proc, "/proc/self");
    assert_string_equal(other, "/proc/11");
    snprintf(h->own, sizeof(h->own), "%s/%s", folder, is_v1 ? controller : "all");
    return refuse(find_error);
}

int __wrap_hierarchy_verify(const struct hierarchy *h)
{
    return 0;
}

int __wrap_file_read(const char *path, char *text, size_t size)
{
    snprintf(text, size, "%s", texts[strstr(path, "/11/") == NULL]);
    return 0;
}

ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    return write_error ? refuse(write_error) : __real_write(fd, bytes, size);
}

static int open_it(struct membership *m, const char *theirs, const char *launchers)
{
    *m = (struct membership){0};
    texts[0] = theirs;
    texts[1] = launchers;
    return membership_open(m, 11, 10);
}

static void without_a_cgroup_of_its_own_there_is_none_to_enter(void **state)
{
    struct membership m;

    assert_int_equal(open_it(&m, "0::/a", "0::/a"), 0);
    assert_int_equal(m.count, 0);
    assert_int_equal(membership_take(&m, "web"), 0);
}

static void in_v2_it_is_one_cgroup(void **state)
{
    struct membership m;

    is_v1 = false;
    assert_int_equal(open_it(&m, "0::/a/web", "0::/a"), 0);
    assert_int_equal(m.count, 1);
    assert_int_equal(membership_take(&m, "web"), 0);
    assert_string_equal(read_file(path_in(folder, "all/cgroup.procs")), "0");
}

static void in_v1_there_is_one_for_each_controller(void **state)
{
    static const char *const files[] = {"memory/cgroup.procs", "cpu/cgroup.procs",
                                        "pids/cgroup.procs"};
    struct membership m;

    is_v1 = true;
    assert_int_equal(open_it(&m, "1:memory:/web", "1:memory:/"), 0);
    assert_int_equal(m.count, 3);
    assert_int_equal(membership_take(&m, "web"), 0);
    for (int i = 0; i < 3; i++)
        assert_string_equal(read_file(path_in(folder, files[i])), "0");
    is_v1 = false;
}

static void a_cgroup_that_cannot_be_found_is_an_error(void **state)
{
    struct membership m;

    find_error = ENOENT;
    assert_int_equal(CATCH(open_it(&m, "0::/a/web", "0::/a")), -1);
    assert_int_equal(errno, ENOENT);
    find_error = 0;
}

static void who_may_not_move_is_told_the_cure(void **state)
{
    struct membership m;

    assert_int_equal(open_it(&m, "0::/a/web", "0::/a"), 0);
    write_error = EACCES;
    assert_int_equal(CATCH(membership_take(&m, "web")), -1);
    write_error = 0;
    assert_int_equal(errno, EACCES);
    assert_contains(caught, "move into the cgroup of the container: EACCES (Permission denied)\n");
    assert_contains(caught, ": systemd-run --user --scope -p Delegate=yes build/exec web\n");
}

static int make_files(void **state)
{
    folder = new_folder();
    shell("cd '%s' && mkdir all memory cpu pids && for f in *; do : >$f/cgroup.procs; done",
          folder);
    return 0;
}

static int remove_files(void **state)
{
    shell("rm -r '%s'", folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_cgroup_of_its_own_there_is_none_to_enter),
        cmocka_unit_test(in_v2_it_is_one_cgroup),
        cmocka_unit_test(in_v1_there_is_one_for_each_controller),
        cmocka_unit_test(a_cgroup_that_cannot_be_found_is_an_error),
        cmocka_unit_test(who_may_not_move_is_told_the_cure),
    };
    check_begin();
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
