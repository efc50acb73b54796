/* Images as people have them: with mounts below them, another's, on an overlay. */
#include "harness.h"

#include <stdbool.h>
#include <stdio.h>
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

/* Where nothing is made, nobody needs to know what could not be written to. */
static void of_a_container_that_is_not_made_nothing_else_is_told(void **state)
{
    need_root_for("another user's image with a mount");
    shell("chown -R 0:0 '%s'", fixture.image);
    mount_below("tmpfs", "below");
    int status = run(fixture.step, fixture.image, "true");
    shell("umount '%s/below'", fixture.image);
    assert_int_equal(status, 125);
    assert_ptr_equal(strstr(complaints(), "mount overlay on "), complaints() + strlen("step05: "));
    assert_lacks(err, "belongs to user");
    assert_lacks(err, "empty folder");
}

static const char try[] = "echo x >/tmp/x && cat /tmp/x; echo y >/etc/y";

/* As after `sudo debootstrap`. The kernel's rule stays: what belongs to nobody is not changed. */
static void another_users_image_is_told_of(void **state)
{
    need_root_for("another user's image");
    shell("chown -R 0:0 '%s'", fixture.image);
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", try), 1);
    assert_contains(err, " belongs to user 0, who has no id in the container, ");
    assert_contains(err, ": call the program by sudo, or take an image of your own: cp -a ");
    assert_contains(err, "can't create /etc/y");
    if (strcmp(fixture.step, "step05") == 0)
        assert_contains(err, "step05: /tmp is an empty folder in the container's storage, ");
    assert_string_equal(out, strcmp(fixture.step, "step05") == 0 ? "x\n" : "");
}

/* As after `sudo debootstrap` into a folder of one's own: the top alone is the user's. */
static void another_users_folder_in_ones_own_image_is_told_of(void **state)
{
    char note[400];

    need_root_for("another user's folder");
    shell("chown -R 0:0 '%s/etc'", fixture.image);
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", try), 1);
    snprintf(note, sizeof(note), "%s/etc belongs to user 0, who has no id in the container, ",
             fixture.image);
    assert_contains(err, note);
    assert_string_equal(out, "x\n"); /* its own /tmp */
    assert_lacks(err, "empty folder");
    shell("chown -R 0:0 '%s/tmp'", fixture.image);
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", try), 1);
    snprintf(note, sizeof(note), "%s/tmp belongs to user 0, ", fixture.image);
    assert_contains(err, note);
    assert_string_equal(out, strcmp(fixture.step, "step05") == 0 ? "x\n" : "");
}

static void of_ones_own_image_nothing_is_told(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", try), 0);
    assert_string_equal(complaints(), "");
    assert_string_equal(out, "x\n");
}

/* Ids cannot be mapped there, so root's container can change nothing but its /tmp. */
static void an_image_on_an_overlay_has_a_tmp(void **state)
{
    shell(
        "cd '%s' && mkdir u w m && mount -t overlay -o lowerdir=image,upperdir=u,workdir=w none m",
        fixture.dir);
    int status = run(fixture.step, in_fixture("m"), "sh", "-c", try);
    bool has_note = strstr(err, "/m cannot be mounted with other ids, ") &&
                    strstr(err, ": it is on an overlay, ");
    int read_only = run(fixture.step, "--read-only", in_fixture("m"), "sh", "-c", "echo x >/tmp/x");
    shell("umount '%s'", in_fixture("m"));
    assert_string_equal(read_file(in_fixture("u/etc/y")) ? "changed" : "", "");
    assert_string_equal(out, "");
    assert_int_equal(read_only, 1);
    assert_int_equal(status, 1);
    assert_true(has_note);
}

/* Linux before 6.6 cannot replace a folder of the image in a layer on a tmpfs. */
static void that_packages_cannot_change_is_told(void **state)
{
    static const char change[] = "rm -r /var/lib/dpkg && mkdir /var/lib/dpkg && ls /var/lib/dpkg";

    shell("cd '%s' && mkdir -p var/lib/dpkg && touch var/lib/dpkg/status && "
          "chown -R $(stat -c %%u:%%g .) var/lib",
          fixture.image);
    int status = run(fixture.step, "--scratch", "/dev/shm", fixture.image, "sh", "-c", change);
    bool is_told = strstr(err, "so packages can be neither installed nor removed: ") != NULL;
    assert_int_equal(is_told, status != 0);
    if (is_told)
        assert_contains(err, ", by --keep --scratch DIR, or");
    shell("rm -r '%s/var/lib/dpkg'", fixture.image);
    run(fixture.step, "--scratch", "/dev/shm", fixture.image, "true");
    assert_string_equal(complaints(), "");
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
        STEP_AS_USER("step03", of_a_container_that_is_not_made_nothing_else_is_told),
        STEP_AS_USER("step05", of_a_container_that_is_not_made_nothing_else_is_told),
        STEP_AS_USER("step03", another_users_image_is_told_of),
        STEP_AS_USER("step05", another_users_image_is_told_of),
        STEP_AS_USER("step03", another_users_folder_in_ones_own_image_is_told_of),
        STEP_AS_USER("step05", another_users_folder_in_ones_own_image_is_told_of),
        FROM_STEP02(of_ones_own_image_nothing_is_told),
        STEP_AS_ROOT("step05", an_image_on_an_overlay_has_a_tmp),
        FROM_STEP02(that_packages_cannot_change_is_told),
    };
    return check_run(tests);
}
