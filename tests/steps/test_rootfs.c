/* Any path is good as ROOTFS. */
#include "harness.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_runs_in(const char *rootfs)
{
    if (run(fixture.step, rootfs, "echo", "inside") != 0 || strcmp(out, "inside\n") != 0)
        fail_msg("not in \"%.200s\": %s", rootfs, err);
    assert_string_equal(complaints(), "");
}

/* If it is put back at the end of a test, the next test uses it too. */
static void move_image(const char *name)
{
    if (rename(fixture.image, in_fixture(name)) < 0)
        fail_msg("rename to %.200s: %s", name, strerror(errno));
    snprintf(fixture.image, sizeof(fixture.image), "%.200s", in_fixture(name));
}

static void a_rootfs_may_have_any_name(void **state)
{
    static const char *const names[] = {
        "with blank,comma:colon",
        "back\\slash\\:",
        "it's \"quoted\"",
        "new\nline",
        "$HOME;%s%n",
        "ação\033[2J\377",
        "upper=x",
        "-",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        move_image(names[i]);
        assert_runs_in(fixture.image);
    }
    move_image("image");
}

static void go_to_the_folder(void)
{
    if (chdir(fixture.dir) < 0)
        _exit(99);
}

static void a_rootfs_may_be_relative(void **state)
{
    fixture.prepare = go_to_the_folder;
    assert_runs_in("image");
    assert_runs_in("./image/");
    assert_runs_in("image/../image/.");
    assert_runs_in("scratch/../image");
}

static void a_rootfs_may_begin_with_a_dash(void **state)
{
    move_image("-x");
    fixture.prepare = go_to_the_folder;
    assert_int_equal(run(fixture.step, "--", "-x", "echo", "inside"), 0);
    assert_string_equal(out, "inside\n");
    move_image("image");
}

static void a_rootfs_may_be_a_symbolic_link(void **state)
{
    assert_int_equal(symlink("image", in_fixture("link")), 0);
    assert_int_equal(symlink(in_fixture("link"), in_fixture("link to a link")), 0);
    assert_runs_in(in_fixture("link"));
    assert_runs_in(in_fixture("link to a link"));
}

static void a_rootfs_may_have_a_very_long_path(void **state)
{
    char path[PATH_MAX];
    size_t length = strlen(strcpy(path, fixture.dir));

    while (length < 3500) {
        path[length] = '/';
        memset(path + length + 1, 'a', 200);
        path[length += 201] = '\0';
        assert_int_equal(mkdir(path, 0755), 0);
    }
    strcpy(path + length, "/image");
    assert_int_equal(rename(fixture.image, path), 0);
    assert_runs_in(path);
    assert_int_equal(rename(path, fixture.image), 0);
}

static void a_rootfs_without_mountpoints_will_do(void **state)
{
    shell("rm -r '%s/proc' '%s/sys' '%s/dev' '%s/tmp'", fixture.image, fixture.image, fixture.image,
          fixture.image);
    assert_runs_in(fixture.image);
}

static void a_rootfs_on_a_read_only_file_system_will_do(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root, for a read-only mount: sudo make test");
    shell("mount --bind '%s' '%s' && mount -o remount,bind,ro '%s'", fixture.image, fixture.image,
          fixture.image);
    assert_runs_in(fixture.image);
    shell("umount '%s'", fixture.image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(a_rootfs_may_have_any_name),
        EVERY_STEP(a_rootfs_may_be_relative),
        EVERY_STEP(a_rootfs_may_begin_with_a_dash),
        EVERY_STEP(a_rootfs_may_be_a_symbolic_link),
        EVERY_STEP(a_rootfs_may_have_a_very_long_path),
        EVERY_STEP(a_rootfs_without_mountpoints_will_do),
        EVERY_STEP(a_rootfs_on_a_read_only_file_system_will_do),
    };
    return check_run(tests);
}
