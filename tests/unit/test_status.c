/* Each test writes a status such as that of proc(5) into a folder. */
#include "check.h"
#include "files.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *folder;

static int read_text(const char *text, struct status *s)
{
    int proc = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

    write_file(path_in(folder, "status"), text);
    int result = status_read(proc, s);
    int error = errno;
    close(proc);
    errno = error;
    return result;
}

static const char whole[] = "Name:\tUid: 9\nPPid:\t7\nUid:\t1000\t1\t2\t3\nGid:\t100\t4\t5\t6\n"
                            "CapBnd:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\n"
                            "Seccomp_filters:\t3\nSpeculation_Store_Bypass:\tvulnerable\n";

static void each_line_is_read(void **state)
{
    struct status s;

    assert_int_equal(read_text(whole, &s), 0);
    assert_int_equal(s.parent, 7);
    assert_int_equal(s.uid, 1000);
    assert_int_equal(s.gid, 100);
    assert_int_equal(s.bounding, 0xa80425fb);
    assert_int_equal(s.no_new_privs, 1);
    assert_int_equal(s.mode, 2);
    assert_int_equal(s.filters, 3);
}

/* A process may have 65536 groups. */
static void a_long_line_hides_no_other(void **state)
{
    static char text[1 << 16];
    struct status s;

    strcpy(text, "Groups:\t");
    while (strlen(text) < 40000)
        strcat(text, "1000 1001 1002 1003 1004 1005 1006 1007 1008 1009 1010 1011 1012 1013 ");
    strcat(text, "\n");
    strcat(text, whole);
    assert_int_equal(read_text(text, &s), 0);
    assert_int_equal(s.filters, 3);
}

static void a_line_that_each_kernel_has_is_missed(void **state)
{
    static const char *const needed[] = {"PPid:", "Uid:\t1", "Gid:", "CapBnd:", "NoNewPrivs:"};
    char text[sizeof(whole)];
    struct status s;

    for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
        strcpy(text, whole);
        *strstr(text, needed[i]) = 'x';
        assert_int_equal(read_text(text, &s), -1);
        assert_int_equal(errno, EINVAL);
    }
    strcpy(text, whole);
    *strstr(text, "Seccomp_filters:") = 'x';
    assert_int_equal(read_text(text, &s), 0);
    assert_int_equal(s.filters, 0);
}

static void a_missing_file_is_an_error(void **state)
{
    struct status s;

    unlink(path_in(folder, "status"));
    assert_int_equal(status_read(AT_FDCWD, &s), -1);
    assert_int_equal(errno, ENOENT);
}

static void the_kernels_own_file_is_understood(void **state)
{
    struct status s;
    int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

    assert_int_equal(status_read(proc, &s), 0);
    close(proc);
    assert_int_equal(s.parent, getppid());
    assert_int_equal(s.uid, getuid());
    assert_int_equal(s.gid, getgid());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_read),
        cmocka_unit_test(a_long_line_hides_no_other),
        cmocka_unit_test(a_line_that_each_kernel_has_is_missed),
        cmocka_unit_test(a_missing_file_is_an_error),
        cmocka_unit_test(the_kernels_own_file_is_understood),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
