#include "check.h"
#include "workdir.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The libraries differ: glibc makes an error of what the kernel says, and musl hands it on. */
static const char *kernels_answer;

char *__real_getcwd(char *path, size_t size);
char *__wrap_getcwd(char *path, size_t size)
{
    return kernels_answer ? strcpy(path, kernels_answer) : __real_getcwd(path, size);
}

static void a_path_is_absolute(void **state)
{
    static const char *const right[] = {"/", "/a", "/a/b", "/a..", "/..a", "/a/...", "/a/", "/.a"};
    const char *path;

    for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++) {
        path = NULL;
        assert_int_equal(CATCH(workdir_parse(right[i], &path)), 0);
        assert_string_equal(path, right[i]);
    }
}

static void another_path_is_refused(void **state)
{
    static const char *const wrong[] = {"",      "a",       "..",    ".",   "a/b", "../etc", "/..",
                                        "/../a", "/a/../b", "/a/..", "./a", "~",   " /etc"};
    const char *path = "before";

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        if (CATCH(workdir_parse(wrong[i], &path)) != -1)
            fail_msg("'%s' is accepted", wrong[i]);
        assert_int_equal(errno, EINVAL);
        assert_contains(caught,
                        "(wanted: an absolute path without ..): EINVAL (Invalid argument)\n");
    }
    assert_string_equal(path, "before");
}

static int enter_and_ask(void)
{
    char path[64];

    if (workdir_enter("/usr/bin") < 0 || strcmp(getcwd(path, sizeof(path)), "/usr/bin") != 0)
        return 1;
    return workdir_enter(NULL) < 0 || strcmp(getcwd(path, sizeof(path)), "/") != 0;
}

static void the_working_directory_is_entered(void **state)
{
    assert_int_equal(CATCH(in_child(enter_and_ask)), 0);
    assert_string_equal(caught, "");
    assert_int_equal(CATCH(workdir_enter("/nowhere")), -1);
    assert_int_equal(errno, ENOENT);
    assert_string_equal(caught, "container: make /nowhere the working directory: ENOENT (No such "
                                "file or directory)\n");
}

static int enter_outside(void)
{
    if (chdir("/") < 0 || chroot("/usr") < 0)
        return 99;
    return workdir_enter(".") == 0 || errno != ENOENT;
}

/* No path from the root leads to it. */
static void a_directory_outside_of_the_root_is_refused(void **state)
{
    int result = CATCH(in_child(enter_outside));
    if (result == 99)
        check_skip("needs root: sudo make test");
    assert_int_equal(result, 0);
    assert_contains(caught, "working directory");
    assert_contains(caught, "ENOENT");
}

static void the_kernels_word_for_outside_is_understood(void **state)
{
    kernels_answer = "(unreachable)/etc";
    assert_int_equal(CATCH(workdir_enter("/")), -1);
    kernels_answer = NULL;
    assert_int_equal(errno, ENOENT);
    assert_string_equal(caught, "container: the working directory / is outside of the container: "
                                "ENOENT (No such file or directory)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_absolute),
        cmocka_unit_test(another_path_is_refused),
        cmocka_unit_test(the_working_directory_is_entered),
        cmocka_unit_test(a_directory_outside_of_the_root_is_refused),
        cmocka_unit_test(the_kernels_word_for_outside_is_understood),
    };
    return check_run(tests);
}
