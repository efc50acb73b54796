/* Each test runs in a child, which loses its descriptors. */
#include "check.h"
#include "descriptors.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static const char *folder;
static int close_range_error;

int __real_close_range(unsigned first, unsigned last, int flags);
int __wrap_close_range(unsigned first, unsigned last, int flags)
{
    return close_range_error ? refuse(close_range_error) : __real_close_range(first, last, flags);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static int close_and_count(void)
{
    int count = 0;

    for (int fd = STDERR_FILENO + 1; fd < 100; fd += 7)
        dup2(open("/", O_RDONLY), fd);
    if (!is_open(52) || descriptors_close(NULL, 0) < 0)
        return 99;
    for (int fd = 0; fd < 1024; fd++)
        count += is_open(fd);
    return count;
}

static void the_standard_three_stay_open_alone(void **state)
{
    assert_int_equal(in_child(close_and_count), 3);
}

static int close_two_and_the_rest(void)
{
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    return descriptors_close(NULL, 0) < 0 || is_open(0) || is_open(1) || !is_open(2);
}

static void what_was_closed_already_stays_so(void **state)
{
    assert_int_equal(in_child(close_two_and_the_rest), 0);
}

static int kept[3];

static int keep_them(void)
{
    for (int fd = STDERR_FILENO + 1; fd < 20; fd++)
        dup2(STDERR_FILENO, fd);
    if (descriptors_close(kept, 3) < 0)
        return 99;
    for (int fd = 0; fd < 1024; fd++) {
        bool wanted = fd <= STDERR_FILENO || fd == kept[0] || fd == kept[1] || fd == kept[2];
        if (is_open(fd) != wanted)
            return 1;
    }
    return 0;
}

static void assert_kept(int a, int b, int c)
{
    kept[0] = a;
    kept[1] = b;
    kept[2] = c;
    assert_int_equal(in_child(keep_them), 0);
}

/* At an end or in the middle, side by side or apart, in any order; -1 stands for none. */
static void some_can_be_kept(void **state)
{
    assert_kept(3, -1, -1);
    assert_kept(-1, 11, -1);
    assert_kept(19, 3, -1);
    assert_kept(7, 6, 5);
    assert_kept(-1, -1, -1);
    assert_kept(0, 12, 12);
}

static void a_refusal_is_reported(void **state)
{
    close_range_error = ENOSYS; /* before Linux 5.9 */
    assert_int_equal(CATCH(descriptors_close(NULL, 0)), -1);
    assert_int_equal(errno, ENOSYS);
    assert_string_equal(
        caught, "container: close the descriptors above 2: ENOSYS (Function not implemented)\n");
    close_range_error = 0;
}

static void a_file_is_the_same_by_whatever_name(void **state)
{
    const char *path = path_in(folder, "file"), *link_path = path_in(folder, "link");

    write_file(path, "");
    assert_int_equal(link(path, link_path), 0);
    int one = open(path, O_RDONLY | O_CLOEXEC), same = open(link_path, O_PATH | O_CLOEXEC);
    int other = open(folder, O_RDONLY | O_CLOEXEC);
    assert_true(descriptors_are_same(one, same));
    assert_false(descriptors_are_same(one, other));
    assert_false(descriptors_are_same(one, -1));
    close(one);
    close(same);
    close(other);
    unlink(path);
    unlink(link_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_three_stay_open_alone),
        cmocka_unit_test(what_was_closed_already_stays_so),
        cmocka_unit_test(some_can_be_kept),
        cmocka_unit_test(a_refusal_is_reported),
        cmocka_unit_test(a_file_is_the_same_by_whatever_name),
    };
    folder = new_folder();
    int failed = check_run(tests);
    rmdir(folder);
    return failed;
}
