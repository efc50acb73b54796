/* The system calls are written down. What is mounted below is as a test wants it. */
#include "acts.h"
#include "check.h"
#include "file.h"
#include "files.h"
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has_mounts;
static int copied; /* what open_tree(2) gave last */
static struct overlay o;
static struct image image;

bool __wrap_mounts_find_below(const char *path, char *found)
{
    assert_string_equal(path, "/image");
    strcpy(found, "/image/proc");
    return has_mounts;
}

long __wrap_syscall(long number, long a, const char *path, long b, const char *name, long flags)
{
    assert_string_equal(path, "");
    if (number == SYS_open_tree) {
        assert_int_equal(b, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
        return act("copy %ld", a) < 0 ? -1 : (copied = dup(STDIN_FILENO));
    }
    assert_int_equal(number, SYS_move_mount);
    assert_int_equal(a, copied);
    assert_int_equal(flags, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    return act("attach");
}

static int copy(bool mounts, int refused, int error)
{
    has_mounts = mounts;
    image = (struct image){0};
    shell("cd %s && rm -rf lower && ln -s /image lower", o.folder.dir);
    acts_begin(refused, error);
    return CATCH(image_copy(&image, &o, "/image"));
}

static bool is_folder(void)
{
    return exists(path_in(o.folder.dir, "lower/."));
}

static void without_mounts_below_nothing_is_done(void **state)
{
    assert_int_equal(copy(false, 0, 0), 0);
    assert_int_equal(CATCH(image_attach(&image, &o.folder)), 0);
    assert_string_equal(acts, "");
    assert_false(is_folder());
}

static void the_copy_comes_onto_a_folder_in_the_place_of_the_link(void **state)
{
    assert_int_equal(copy(true, 0, 0), 0);
    assert_string_equal(acts, "copy 77\n");
    assert_true(is_folder());
    assert_int_equal(image.copy, copied);
    assert_int_equal(CATCH(image_attach(&image, &o.folder)), 0);
    assert_string_equal(acts, "copy 77\nattach\n");
    assert_int_equal(fcntl(copied, F_GETFD), -1);
    assert_int_equal(image.copy, 0);
    assert_string_equal(caught, "");
}

/* An ordinary user; root of a user namespace. The overlay will say what is in the way. */
static void who_may_not_copy_goes_on(void **state)
{
    const int errors[] = {EPERM, EINVAL};

    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        assert_int_equal(copy(true, 1, errors[i]), 0);
        assert_string_equal(caught, "");
        assert_int_equal(image.copy, 0);
        assert_false(is_folder());
    }
}

static void what_fails_is_reported(void **state)
{
    assert_int_equal(copy(true, 1, ENOMEM), -1);
    assert_string_equal(caught, "container: copy the mount at /image: ENOMEM (Cannot allocate "
                                "memory)\n");
    assert_int_equal(copy(true, 2, EPERM), 0);
    assert_int_equal(CATCH(image_attach(&image, &o.folder)), -1);
    assert_contains(caught, "/lower: EPERM (Operation not permitted)\n");
    assert_int_equal(fcntl(copied, F_GETFD), -1);
    shell("rm -r %s/lower", o.folder.dir);
    acts_begin(0, 0);
    assert_int_equal(CATCH(image_copy(&image, &o, "/image")), -1);
    assert_contains(caught, "container: make the folder ");
    close(image.copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_mounts_below_nothing_is_done),
        cmocka_unit_test(the_copy_comes_onto_a_folder_in_the_place_of_the_link),
        cmocka_unit_test(who_may_not_copy_goes_on),
        cmocka_unit_test(what_fails_is_reported),
    };
    o.image = 77;
    snprintf(o.folder.dir, sizeof(o.folder.dir), "%s", new_folder());
    o.folder.fd = open(o.folder.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = check_run(tests);
    file_remove_tree(o.folder.dir);
    return failed;
}
