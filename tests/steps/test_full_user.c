/* Who runs the command in step05: its user, group and home, by name or number. */
#include "full.h"

static void an_id_that_is_not_in_the_map_is_refused(void **state)
{
    assert_fails("step05: give a pipe or terminal to user 70000: EINVAL (Invalid argument)\n",
                 "step05", "--user", "70000", fixture.image, "id");
}

static void a_user_who_is_none_is_refused(void **state)
{
    assert_usage("step05: user '-1' (wanted: USER or USER:GROUP, by name or number): EINVAL",
                 "--user", "-1");
    assert_usage("step05: user '1:' (", "--user", "1:");
    assert_usage("step05: user '4294967295' (", "--user", "4294967295");
    assert_fails("step05: find the user nemo in /etc/passwd of the image: ENOENT", "step05",
                 "--user", "nemo", fixture.image, "true");
    assert_fails("step05: find the group nemo in /etc/group of the image: ENOENT", "step05", "-u",
                 "0:nemo", fixture.image, "true");
}

static const char show_user[] = "id -u; id -g; id -G; echo $HOME";

static void a_user_has_the_name_and_the_home_that_the_image_gives(void **state)
{
    assert_prints("1000\n1000\n1000\n/tmp\n", "step05", "--user", "student", SHELL(show_user));
    assert_prints("1000\n5\n5\n/tmp\n", "step05", "-u", "student:tty", SHELL(show_user));
    assert_prints("1000\n7\n7\n/tmp\n", "step05", "-u1000:7", SHELL(show_user));
    assert_prints("65534\n65534\n65534\n/\n", "step05", "-u", "nobody", SHELL(show_user));
    assert_prints("7\n7\n7\n/\n", "step05", "-u", "7", SHELL(show_user));
    assert_prints("/x\n", "step05", "-e", "HOME=/x", "-u", "student", SHELL("echo $HOME"));
    assert_prints("/root\n", "step05", SHELL("echo $HOME"));
}

/* They also hold for who has the id of root alone. */
static void root_has_the_name_and_the_home_that_the_image_gives(void **state)
{
    shell("sed -i s,/root:,/home:, '%s/etc/passwd'", fixture.image);
    assert_prints("0\n0\n/home\n", "step05", "--user", "root", SHELL("id -u; id -g; echo $HOME"));
    assert_prints("0\n0\n/home\n", "step05", "--user", "0:root", SHELL("id -u; id -g; echo $HOME"));
}

/* These lines would lead to the host's file, or make us wait. */
static void accounts_are_read_inside_alone(void **state)
{
    shell("cd '%s/etc' && ln -sf ../../../../../../../../proc/1/root/etc/passwd passwd",
          fixture.image);
    assert_fails("step05: find the user root in ", "step05", "-u", "root", fixture.image, "true");
    assert_prints("/\n", "step05", "-u", "0", SHELL("echo $HOME"));
    shell("cd '%s/etc' && rm passwd && mkfifo passwd", fixture.image);
    assert_fails("step05: find the user root in ", "step05", "-u", "root", fixture.image, "true");
    assert_prints("/\n", "step05", "-u", "0", SHELL("echo $HOME"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(an_id_that_is_not_in_the_map_is_refused),
        AS_EACH(a_user_who_is_none_is_refused),
        AS_ROOT(a_user_has_the_name_and_the_home_that_the_image_gives),
        AS_EACH(root_has_the_name_and_the_home_that_the_image_gives),
        AS_EACH(accounts_are_read_inside_alone),
    };
    return check_run(tests);
}
