/* Images as people have them: with mounts below them, another's, on an overlay. */
#include "harness.h"

#include <string.h>
#include <unistd.h>

static void need_root_for(const char *what)
{
    if (geteuid() != 0)
        check_skip("needs root, for %s: sudo make test", what);
}

/* As every tutorial of chroot does it: mount -t proc proc IMAGE/proc. */
static void mount_below(const char *type, const char *name)
{
    need_root_for("a mount below the image");
    shell("mkdir -p '%s/%s' && mount -t %s %s '%s/%s'", fixture.image, name, type, type,
          fixture.image, name);
}

static void a_mount_below_the_image_is_left_out(void **state)
{
    mount_below("proc", "proc");
    mount_below("tmpfs", "below");
    shell("echo hidden >'%s/below/file'", fixture.image);
    int status = run(fixture.step, fixture.image, "sh", "-c", "ls /below; echo end; ls -d /proc/1");
    shell("umount '%s/proc' '%s/below'", fixture.image, fixture.image);
    assert_string_equal(complaints(), "");
    assert_int_equal(status, 0);
    assert_string_equal(out, "end\n/proc/1\n");
}

static void a_mount_that_a_user_cannot_leave_out_is_named(void **state)
{
    char hint[400];

    mount_below("tmpfs", "below");
    int status = run(fixture.step, fixture.image, "true");
    shell("umount '%s/below'", fixture.image);
    assert_int_equal(status, 125);
    assert_contains(err, "/merged: EINVAL (Invalid argument)\n");
    snprintf(hint, sizeof(hint), "hint: %s/below is a mount below the image", fixture.image);
    assert_contains(err, hint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STEP_AS_ROOT("step02", a_mount_below_the_image_is_left_out),
        STEP_AS_ROOT("step03", a_mount_below_the_image_is_left_out),
        STEP_AS_ROOT("step04", a_mount_below_the_image_is_left_out),
        STEP_AS_ROOT("step05", a_mount_below_the_image_is_left_out),
        STEP_AS_USER("step03", a_mount_that_a_user_cannot_leave_out_is_named),
        STEP_AS_USER("step05", a_mount_that_a_user_cannot_leave_out_is_named),
    };
    return check_run(tests);
}
