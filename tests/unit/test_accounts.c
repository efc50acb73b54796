#include "accounts.h"
#include "check.h"
#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *folder;
static int openat2_error;

long __real_syscall(long number, long a, long b, long c, long d);
long __wrap_syscall(long number, long a, long b, long c, long d)
{
    return openat2_error ? refuse(openat2_error) : __real_syscall(number, a, b, c, d);
}

static void write_passwd(const char *text)
{
    shell("rm -rf '%s'/* && mkdir '%s/etc'", folder, folder);
    write_file(path_in(folder, "etc/passwd"), text);
}

/* Gives "UID GID HOME", or what the function returns. */
static const char *find(const char *name, uid_t uid)
{
    static char text[ACCOUNTS_HOME_SIZE + 64];
    struct account a;
    int result = CATCH(accounts_find_user(folder, name, uid, &a));

    snprintf(text, sizeof(text), "%d", result);
    if (result == 1)
        snprintf(text, sizeof(text), "%u %u %s", a.uid, a.gid, a.home);
    return text;
}

static const char usual[] = "root:x:0:0:root:/root:/bin/sh\n"
                            "student:x:1000:100::/home/student:\n"
                            "student:x:0:0::/second:\n"
                            "other:x:1000:7::/other:\n";

static void a_user_is_found_by_name_or_number(void **state)
{
    write_passwd(usual);
    assert_string_equal(find("root", 9), "0 0 /root");
    assert_string_equal(find("student", 9), "1000 100 /home/student");
    assert_string_equal(find(NULL, 1000), "1000 100 /home/student");
    assert_string_equal(find(NULL, 0), "0 0 /root");
    assert_string_equal(find("stud", 9), "0");
    assert_string_equal(find(NULL, 5), "0");
    assert_string_equal(caught, "");
}

/* The user asks for the number, and the image has a user of that name with another number. */
static void a_line_that_is_none_is_passed_over(void **state)
{
    write_passwd("a\nb:x:\nc:x:1:\nd:x:-1:1::/d:\ne:x:4294967295:1::/e:\nf:x:1x:1::/f:\n"
                 "g:x:1:4294967296::/g:\n+::::::\n\n1000:x:0:0::/evil:\n"
                 "a:x:1:2\nb:x:3:4:::\nc:x:5:6::/c");
    assert_string_equal(find("a", 0), "1 2 /");
    assert_string_equal(find("b", 0), "3 4 /");
    assert_string_equal(find("c", 0), "5 6 /c");
    assert_string_equal(find("d", 0), "0");
    assert_string_equal(find("e", 0), "0");
    assert_string_equal(find("f", 0), "0");
    assert_string_equal(find("g", 0), "0");
    assert_string_equal(find(NULL, 1000), "0");
}

static void a_long_line_is_one_line(void **state)
{
    char *text = malloc(30000);
    int length = sprintf(text, "long:x:1:2:%9000s:/home:\nbig:x:3:4::%5000s:\n", "x", "y");

    sprintf(text + length, "%8000sroot:x:0:0::/:\nlast:x:5:6::/last:\n", "#");
    write_passwd(text);
    assert_string_equal(find("long", 0), "1 2 /");
    assert_string_equal(find("big", 0), "3 4 /");
    assert_string_equal(find("root", 0), "0");
    assert_string_equal(find("last", 0), "5 6 /last");
    free(text);
}

/* A file of the image may be as long as its maker likes. */
static void a_file_is_read_only_so_far(void **state)
{
    write_passwd("first:x:1:2::/:\n");
    shell("cd '%s/etc' && truncate -s 2000000 passwd && echo >>passwd && "
          "echo 'last:x:1:2::/:' >>passwd",
          folder);
    assert_string_equal(find("first", 0), "1 2 /");
    assert_string_equal(find("last", 0), "0");
    shell("truncate -s 20T '%s/etc/passwd' 2>/dev/null || :", folder);
    assert_string_equal(find("last", 0), "0");
}

static void what_is_no_file_has_no_lines(void **state)
{
    static const char *const acts[] = {
        "rm passwd",
        "rm passwd && mkdir passwd",
        "rm passwd && mkfifo passwd",
        "rm passwd && ln -s passwd passwd",
        "ln -sf ../../../../../../../etc/passwd passwd && mv ../etc ../x",
        "ln -sf /dev/zero passwd",
        "ln -sf /proc/self/root/etc/passwd passwd",
        "rm passwd && cd .. && rmdir etc && touch etc",
    };

    for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
        write_passwd(usual);
        shell("cd '%s/etc' && %s", folder, acts[i]);
        if (strcmp(find("root", 0), "0") != 0 || *caught)
            fail_msg("%s: %s", acts[i], caught);
    }
}

/* The host's file of the same name would have the user root. */
static void a_link_leads_to_a_place_below_the_root(void **state)
{
    write_passwd("only-here:x:1:2::/:\n");
    shell("cd '%s/etc' && mkdir ../usr && mv passwd ../usr && "
          "ln -s ../../../../usr/passwd passwd",
          folder);
    assert_string_equal(find("only-here", 0), "1 2 /");
    shell("cd '%s/etc' && ln -sf /usr/passwd passwd", folder);
    assert_string_equal(find("only-here", 0), "1 2 /");
    shell("cd '%s/etc' && ln -sf /etc/passwd passwd", folder);
    assert_string_equal(find("root", 0), "0");
}

static void a_group_is_found_by_its_name(void **state)
{
    gid_t gid = 9;

    write_passwd(usual);
    write_file(path_in(folder, "etc/group"), "tty:x:y:\ntty:x:5:a,b\nroot:x:0\n");
    assert_int_equal(CATCH(accounts_find_group(folder, "tty", &gid)), 1);
    assert_int_equal(gid, 5);
    assert_int_equal(accounts_find_group(folder, "root", &gid), 1);
    assert_int_equal(gid, 0);
    assert_int_equal(accounts_find_group(folder, "student", &gid), 0);
    unlink(path_in(folder, "etc/group"));
    assert_int_equal(accounts_find_group(folder, "tty", &gid), 0);
    assert_string_equal(caught, "");
}

static void each_other_refusal_is_reported(void **state)
{
    gid_t gid;

    write_passwd(usual);
    openat2_error = EIO;
    assert_string_equal(find("root", 0), "-1");
    assert_string_equal(caught,
                        "container: read /etc/passwd of the image: EIO (Input/output error)\n");
    assert_int_equal(CATCH(accounts_find_group(folder, "tty", &gid)), -1);
    assert_string_equal(caught,
                        "container: read /etc/group of the image: EIO (Input/output error)\n");
    openat2_error = 0;
}

static void an_id_is_a_number_that_the_kernel_takes(void **state)
{
    unsigned id = 7;

    assert_string_equal(accounts_read_id("4294967294:x", &id), ":x");
    assert_int_equal(id, 4294967294U);
    assert_null(accounts_read_id("4294967295", &id));
    assert_null(accounts_read_id("99999999999999999999", &id));
    assert_null(accounts_read_id("", &id));
    assert_null(accounts_read_id("-1", &id));
    assert_null(accounts_read_id(" 1", &id));
    assert_int_equal(id, 4294967294U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_is_found_by_name_or_number),
        cmocka_unit_test(a_line_that_is_none_is_passed_over),
        cmocka_unit_test(a_long_line_is_one_line),
        cmocka_unit_test(a_file_is_read_only_so_far),
        cmocka_unit_test(what_is_no_file_has_no_lines),
        cmocka_unit_test(a_link_leads_to_a_place_below_the_root),
        cmocka_unit_test(a_group_is_found_by_its_name),
        cmocka_unit_test(each_other_refusal_is_reported),
        cmocka_unit_test(an_id_is_a_number_that_the_kernel_takes),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
