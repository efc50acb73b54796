/* In a child with mounts of its own: the list is the kernel's. */
#include "check.h"
#include "files.h"
#include "inside.h"
#include "mount_fd.h"
#include "mounts.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char found[PATH_MAX];

static void octal_numbers_become_characters(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},       {"/a", "/a"},       {"/a\\040b", "/a b"}, {"\\134\\011", "\\\t"},
        {"/\\", "/\\"}, {"/\\0400", "/ 0"},
    };
    char text[64];

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        strcpy(text, cases[i][0]);
        mounts_unescape(text);
        assert_string_equal(text, cases[i][1]);
    }
}

/* /tmp is a tmpfs with a folder for each case. */
static bool begin(void)
{
    int mount = mount_fd_new("tmpfs", NULL, 0);

    if (mount < 0 || mount_fd_attach(mount, "/tmp") < 0 || chdir("/tmp") < 0)
        return false;
    shell("mkdir -p image/proc image2/x 'an image/a b' on; ln -s image link");
    return true;
}

static bool mount_on(const char *place)
{
    int mount = mount_fd_new("tmpfs", NULL, 0);

    return mount >= 0 && mount_fd_attach(mount, place) == 0;
}

static int look_below(void)
{
    INSIDE_CHECK(begin());
    INSIDE_CHECK(!mounts_find_below("/tmp/image", found));
    INSIDE_CHECK(mount_on("image2/x") && !mounts_find_below("/tmp/image", found));
    INSIDE_CHECK(mount_on("on") && !mounts_find_below("/tmp/on", found));
    INSIDE_CHECK(mount_on("image/proc") && mounts_find_below("/tmp/image", found));
    INSIDE_CHECK(strcmp(found, "/tmp/image/proc") == 0);
    INSIDE_CHECK(mounts_find_below("link", found) && strcmp(found, "/tmp/image/proc") == 0);
    INSIDE_CHECK(mount_on("an image/a b") && mounts_find_below("an image/", found));
    INSIDE_CHECK(strcmp(found, "/tmp/an image/a b") == 0);
    INSIDE_CHECK(mounts_find_below("/", found) && strcmp(found, "/") != 0);
    INSIDE_CHECK(!mounts_find_below("/tmp/none", found));
    return 0;
}

static void a_mount_below_a_folder_is_found(void **state)
{
    assert_inside(look_below);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octal_numbers_become_characters),
        cmocka_unit_test(a_mount_below_a_folder_is_found),
    };
    return check_run(tests);
}
