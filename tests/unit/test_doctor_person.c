#include "check.h"
#include "doctor.h"
#include "files.h"

#include <stdlib.h>
#include <sys/types.h>

static const char *root;
static struct doctor_machine m;

static int set_up(void **state)
{
    root = new_folder();
    m = (struct doctor_machine){.root = root};
    shell("mkdir %s/etc", root);
    write_file(path_in(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n"
                                            "daemon:x:1:1::/:/bin/false\n"
                                            "nobody:x:65534:65533::/:/bin/false\n"
                                            "alice:x:1001:100::/home/alice:/bin/sh\n"
                                            "bob:x:1000:1000::/home/bob:/bin/sh\n");
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
    return 0;
}

static int tear_down(void **state)
{
    shell("rm -r %s", root);
    return 0;
}

static void assert_person(const char *name, uid_t uid, gid_t gid)
{
    assert_string_equal(m.user, name);
    assert_int_equal(m.uid, uid);
    assert_int_equal(m.gid, gid);
}

static void a_user_is_known_by_number(void **state)
{
    doctor_person_by_uid(&m, 1000, 5);
    assert_person("bob", 1000, 1000);
    doctor_person_by_uid(&m, 1234, 5);
    assert_person("1234", 1234, 5);
    m.root = "/nonexistent";
    doctor_person_by_uid(&m, 1000, 5);
    assert_person("1000", 1000, 5);
}

static void the_ordinary_user_is_who_called_sudo(void **state)
{
    setenv("SUDO_UID", "1000", 1);
    setenv("SUDO_GID", "1000", 1);
    doctor_person_ordinary(&m);
    assert_person("bob", 1000, 1000);
    setenv("SUDO_UID", "5000", 1);
    setenv("SUDO_GID", "50", 1);
    doctor_person_ordinary(&m);
    assert_person("5000", 5000, 50);
}

static void or_the_first_of_the_machine(void **state)
{
    doctor_person_ordinary(&m);
    assert_person("alice", 1001, 100);
    setenv("SUDO_UID", "0", 1); /* root called sudo */
    doctor_person_ordinary(&m);
    assert_person("alice", 1001, 100);
}

static void or_nobody(void **state)
{
    write_file(path_in(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n"
                                            "nobody:x:65534:65533::/:/bin/false\n");
    doctor_person_ordinary(&m);
    assert_person("nobody", 65534, 65533);
    m.root = "/nonexistent";
    doctor_person_ordinary(&m);
    assert_person("65534", 65534, 65534);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_user_is_known_by_number),
        TEST(the_ordinary_user_is_who_called_sudo),
        TEST(or_the_first_of_the_machine),
        TEST(or_nobody),
    };
    return check_run(tests);
}
