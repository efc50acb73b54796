#include "check.h"
#include "files.h"
#include "user.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int prctl_error;

int __real_prctl(int option, unsigned long argument);
int __wrap_prctl(int option, unsigned long argument)
{
    return prctl_error ? refuse(prctl_error) : __real_prctl(option, argument);
}

static int gid_error, uid_error;

int __real_setresgid(gid_t real, gid_t effective, gid_t saved);
int __wrap_setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return gid_error ? refuse(gid_error) : __real_setresgid(real, effective, saved);
}

int __real_setresuid(uid_t real, uid_t effective, uid_t saved);
int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return uid_error ? refuse(uid_error) : __real_setresuid(real, effective, saved);
}

static const char *folder;

static struct user parse(const char *text)
{
    struct user u = {0};

    assert_int_equal(CATCH(user_parse(text, &u)), 0);
    assert_true(u.chosen);
    return u;
}

static void assert_ids(const char *text, unsigned uid, unsigned gid, const char *home)
{
    struct user u = parse(text);

    if (CATCH(user_find(&u, folder)) != 0 || u.uid != uid || u.gid != gid ||
        strcmp(u.home, home) != 0)
        fail_msg("%s is %u:%u %s: %s", text, u.uid, u.gid, u.home, caught);
}

static void make_accounts(void)
{
    shell("mkdir -p '%s/etc'", folder);
    write_file(path_in(folder, "etc/passwd"), "student:x:1000:100::/home/student:/bin/sh\n"
                                              "root:x:0:0::/root:/bin/sh\n"
                                              "7:x:0:0::/evil:/bin/sh\n");
    write_file(path_in(folder, "etc/group"), "tty:x:5:\nusers:x:100:\n8:x:0:\n");
}

static void a_user_may_be_a_number(void **state)
{
    make_accounts();
    assert_ids("0", 0, 0, "/root");
    assert_ids("1000", 1000, 100, "/home/student");
    assert_ids("1000:20", 1000, 20, "/home/student");
    assert_ids("1000:tty", 1000, 5, "/home/student");
    assert_ids("0010", 10, 10, "/");
    assert_ids("4294967294:0", 4294967294U, 0, "/");
}

static void a_user_may_be_a_name(void **state)
{
    make_accounts();
    assert_ids("student", 1000, 100, "/home/student");
    assert_ids("root:users", 0, 100, "/root");
    assert_ids("student:9", 1000, 9, "/home/student");
}

static void what_looks_like_a_number_is_one(void **state)
{
    make_accounts();
    assert_ids("7", 7, 7, "/");
    assert_ids("1000:8", 1000, 8, "/home/student");
}

static void a_number_needs_no_line(void **state)
{
    shell("rm -rf '%s/etc'", folder);
    assert_ids("1000", 1000, 1000, "/");
    assert_ids("1000:5", 1000, 5, "/");
}

static void a_name_without_a_line_is_an_error(void **state)
{
    struct user u = parse("nobody"), g = parse("root:staff");

    make_accounts();
    assert_int_equal(CATCH(user_find(&u, folder)), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "container: find the user nobody in /etc/passwd of the image: ENOENT");
    assert_contains(caught,
                    "container: hint: it is looked for in a plain file, of which 1024 KiB are "
                    "read; a number needs no line there\n");
    assert_int_equal(CATCH(user_find(&g, folder)), -1);
    assert_contains(caught, "container: find the group staff in /etc/group of the image: ENOENT");
}

static void anything_else_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "-1",
                                        ":",
                                        ":1",
                                        "1:",
                                        "1:2:3",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "a b",
                                        "1:-1",
                                        "1::2",
                                        "1: 2",
                                        "4294967295",
                                        "-root",
                                        "root/x",
                                        "a\n",
                                        "root:-tty",
                                        "1:4294967295",
                                        "4294967296",
                                        "99999999999999999999"};
    struct user u;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        if (CATCH(user_parse(wrong[i], &u)) != -1)
            fail_msg("'%s' is accepted", wrong[i]);
        assert_int_equal(errno, EINVAL);
        assert_contains(caught, "(wanted: USER or USER:GROUP, by name or number): EINVAL (");
    }
}

static void a_name_has_a_length(void **state)
{
    char name[USER_NAME_SIZE + 1];
    struct user u;

    memset(name, 'a', sizeof(name));
    name[USER_NAME_SIZE] = '\0';
    assert_int_equal(CATCH(user_parse(name, &u)), -1);
    name[USER_NAME_SIZE - 1] = '\0';
    assert_int_equal(CATCH(user_parse(name, &u)), 0);
    assert_string_equal(u.name, name);
}

static void without_a_chosen_user_nothing_changes(void **state)
{
    const struct user u = {.chosen = false, .uid = 7, .gid = 7};
    uid_t before = geteuid();

    struct user same = u;

    assert_int_equal(user_find(&same, folder), 0);
    assert_int_equal(same.uid, 7);
    assert_int_equal(user_become(&u), 0);
    assert_int_equal(geteuid(), before);
}

static int become(void)
{
    const struct user u = {.chosen = true, .uid = 12, .gid = 34};
    uid_t uids[3];
    gid_t gids[3];
    int signal_of_parents_death;

    if (user_become(&u) < 0 || getresuid(&uids[0], &uids[1], &uids[2]) < 0 ||
        getresgid(&gids[0], &gids[1], &gids[2]) < 0)
        return 1;
    for (int i = 0; i < 3; i++)
        if (uids[i] != 12 || gids[i] != 34)
            return 2;
    prctl(PR_GET_PDEATHSIG, &signal_of_parents_death);
    return signal_of_parents_death != SIGKILL;
}

static void all_three_ids_change_and_it_still_dies_with_its_parent(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root: sudo make test");
    assert_int_equal(in_child(become), 0);
}

static int become_without_right(void)
{
    const struct user u = {.chosen = true, .uid = 12, .gid = 34};
    return user_become(&u) == 0;
}

/* One may change to the group that one has, and not to another user. */
static int become_another_user(void)
{
    const struct user u = {.chosen = true, .uid = 12, .gid = getegid()};
    return user_become(&u) == 0;
}

static void each_refusal_is_reported(void **state)
{
    const struct user u = {.chosen = true, .uid = geteuid(), .gid = getegid()};

    assert_int_equal(CATCH(as_ordinary_user(become_without_right)), 0);
    assert_string_equal(caught, "container: become group 34: EPERM (Operation not permitted)\n");
    assert_int_equal(CATCH(as_ordinary_user(become_another_user)), 0);
    assert_string_equal(caught, "container: become user 12: EPERM (Operation not permitted)\n");
    prctl_error = EINVAL;
    assert_int_equal(CATCH(user_become(&u)), -1);
    prctl_error = 0;
    assert_string_equal(caught, "container: prctl PR_SET_PDEATHSIG: EINVAL (Invalid argument)\n");
}

static void an_id_that_the_container_lacks_is_explained(void **state)
{
    const struct user u = {.chosen = true, .uid = geteuid(), .gid = getegid()};

    gid_error = EINVAL;
    assert_int_equal(CATCH(user_become(&u)), -1);
    assert_int_equal(errno, EINVAL);
    assert_contains(caught, "container: hint: the container has no group id ");
    assert_contains(caught, "/proc/self/gid_map inside ");
    gid_error = 0;
    uid_error = EINVAL;
    assert_int_equal(CATCH(user_become(&u)), -1);
    uid_error = 0;
    assert_contains(caught, "container: hint: the container has no user id ");
    assert_contains(caught, "by /etc/subuid, ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_may_be_a_number),
        cmocka_unit_test(a_user_may_be_a_name),
        cmocka_unit_test(what_looks_like_a_number_is_one),
        cmocka_unit_test(a_number_needs_no_line),
        cmocka_unit_test(a_name_without_a_line_is_an_error),
        cmocka_unit_test(a_name_has_a_length),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(without_a_chosen_user_nothing_changes),
        cmocka_unit_test(all_three_ids_change_and_it_still_dies_with_its_parent),
        cmocka_unit_test(an_id_that_the_container_lacks_is_explained),
        cmocka_unit_test(each_refusal_is_reported),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
