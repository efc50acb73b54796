#include "check.h"
#include "files.h"
#include "overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static char folder[PATH_MAX];
static int mount_error, umount_error, mounted; /* mounted: how many are stacked */
static long file_system;
static char mounted_in[PATH_MAX], options[256];
static struct overlay o;
static uid_t user;
static bool lower_is_image, has_mounts;
static int attribute_error; /* of upper */

static bool same_file(const char *one, const char *other)
{
    struct stat a, b;

    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void)
{
    return user;
}

int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
                 const void *data)
{
    (void)source;
    (void)flags;
    assert_string_equal(target, "merged");
    assert_string_equal(type, "overlay");
    assert_non_null(getcwd(mounted_in, sizeof(mounted_in)));
    snprintf(options, sizeof(options), "%s", (const char *)data);
    char *comma = strchr(options, ',');
    *comma = '\0';
    lower_is_image = strncmp(options, "lowerdir=/proc/self/fd/", 23) == 0 &&
                     same_file(options + strlen("lowerdir="), "/usr");
    memmove(options, comma + 1, strlen(comma + 1) + 1);
    return refuse(mount_error);
}

bool __wrap_mounts_find_below(const char *path, char *found)
{
    assert_string_equal(path, "lower");
    strcpy(found, "/usr/proc");
    return has_mounts;
}

int __wrap_setxattr(const char *path, const char *name, const void *value, size_t size, int flags)
{
    (void)value;
    (void)size;
    (void)flags;
    assert_string_equal(path, "upper");
    assert_ptr_equal(strstr(name, "user."), name);
    return refuse(attribute_error);
}

int __wrap_removexattr(const char *path, const char *name)
{
    (void)name;
    assert_string_equal(path, "upper");
    return refuse(attribute_error);
}

int __wrap_umount2(const char *target, int flags)
{
    assert_string_equal(target, "merged");
    assert_int_equal(flags, MNT_DETACH | UMOUNT_NOFOLLOW);
    return refuse(mounted-- > 0 ? 0 : umount_error);
}

/* With offsets of 64 bits, statfs has the name statfs64. */
int __wrap_statfs64(const char *path, struct statfs *fs)
{
    assert_string_equal(path, ".");
    fs->f_type = file_system;
    return 0;
}

static int make(const char *name)
{
    o = (struct overlay){0};
    assert_int_equal(overlay_open_image(&o, "/usr"), 0);
    return CATCH(overlay_make(&o, folder, name, "/usr"));
}

static mode_t mode_of(const char *name)
{
    struct stat status;

    assert_int_equal(lstat(path_in(o.folder.dir, name), &status), 0);
    return status.st_mode;
}

static void the_layers_are_made_and_removed(void **state)
{
    char link[PATH_MAX] = "";

    assert_int_equal(make("web"), 0);
    assert_string_equal(caught, "");
    assert_string_equal(o.folder.dir, path_in(folder, "web"));
    assert_int_equal(mode_of(""), S_IFDIR | 0700);
    assert_int_equal(mode_of("upper"), S_IFDIR | 0755);
    assert_int_equal(mode_of("work"), S_IFDIR | 0755);
    assert_int_equal(mode_of("merged"), S_IFDIR | 0755);
    assert_true(readlink(path_in(o.folder.dir, "lower"), link, sizeof(link)) > 0);
    assert_string_equal(link, "/usr");
    assert_int_equal(overlay_remove(&o), 0);
    assert_false(exists(o.folder.dir));
}

static void the_layers_modes_do_not_hang_on_the_umask(void **state)
{
    mode_t mask = umask(0077);

    assert_int_equal(make("web"), 0);
    umask(mask);
    assert_int_equal(mode_of("upper"), S_IFDIR | 0755);
    assert_int_equal(overlay_remove(&o), 0);
}

static void a_name_in_use_is_left_alone(void **state)
{
    assert_int_equal(make("web"), 0);
    struct overlay first = o;
    assert_int_equal(make("web"), -1);
    assert_int_equal(errno, EEXIST);
    assert_contains(caught, "/web: EEXIST (File exists)\n");
    assert_contains(caught, "hint: the name is in use");
    assert_int_equal(overlay_remove(&o), 0); /* `o` is the second, which made nothing */
    assert_true(exists(path_in(first.folder.dir, "upper")));
    assert_int_equal(overlay_remove(&first), 0);
}

static void a_scratch_directory_that_is_not_there_is_reported(void **state)
{
    o = (struct overlay){0};
    assert_int_equal(CATCH(overlay_make(&o, "/no/such", "web", "/usr")), -1);
    assert_int_equal(errno, ENOENT);
    assert_string_equal(caught, "container: find the scratch directory /no/such: ENOENT (No such "
                                "file or directory)\n");
    assert_int_equal(CATCH(overlay_make(&o, "/dev/null", "web", "/usr")), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_contains(caught, "hint: --scratch DIR");
    assert_int_equal(overlay_remove(&o), 0);
}

static void half_a_set_up_is_removed_too(void **state)
{
    o = (struct overlay){0};
    assert_int_equal(CATCH(overlay_make(&o, folder, "web", "/no/such")), -1);
    assert_contains(caught, "/no/such: ENOENT");
    assert_true(exists(o.folder.dir));
    assert_int_equal(overlay_unmount(&o), 0);
    assert_int_equal(overlay_remove(&o), 0);
    assert_false(exists(o.folder.dir));
}

static void the_options_hold_no_path(void **state)
{
    assert_int_equal(make("web"), 0);
    mount_error = 0;
    assert_int_equal(CATCH(overlay_mount(&o, NULL)), 0);
    assert_string_equal(mounted_in, o.folder.dir);
    assert_string_equal(options, "upperdir=upper,workdir=work,volatile");
    assert_true(lower_is_image);
    assert_int_equal(o.image, 0);
    assert_int_equal(overlay_open_image(&o, "/usr"), 0);
    o.folder.keep = true; /* then what it wrote must come to the disk */
    assert_int_equal(CATCH(overlay_mount(&o, "userxattr")), 0);
    o.folder.keep = false;
    assert_string_equal(options, "upperdir=upper,workdir=work,userxattr");
    assert_true(o.mounted);
    umount_error = EINVAL;
    mounted = 1;
    assert_int_equal(overlay_unmount(&o), 0);
    assert_false(o.mounted);
    assert_int_equal(overlay_remove(&o), 0);
}

/* Mounts an image that has this, and returns what was said. */
static const char *mount_with(const char *list, const char *option)
{
    char image[PATH_MAX + sizeof("/image")];

    snprintf(image, sizeof(image), "%s/image", folder);
    shell("mkdir %s && cd %s && %s", image, image, list);
    o = (struct overlay){0};
    mount_error = 0;
    assert_int_equal(overlay_open_image(&o, image), 0);
    assert_int_equal(overlay_make(&o, folder, "web", image), 0);
    assert_int_equal(CATCH(overlay_mount(&o, option)), 0);
    o.mounted = false;
    assert_int_equal(overlay_remove(&o), 0);
    shell("rm -r %s", image);
    return caught;
}

static void packages_that_cannot_change_are_told_of(void **state)
{
    static const char *const lists[] = {
        "mkdir -p var/lib/dpkg", "mkdir -p var/lib/rpm", "mkdir -p lib/apk/db",
        "mkdir -p usr/lib/apk/db && ln -s /usr/lib lib", /* in the image, a link stays inside */
    };

    attribute_error = EOPNOTSUPP;
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
        assert_contains(mount_with(lists[i], "userxattr"), "packages can be neither installed nor");
    assert_string_equal(mount_with("mkdir -p var/lib", "userxattr"), "");
    assert_string_equal(mount_with("ln -s /var var", "userxattr"), ""); /* not of the host */
    assert_string_equal(mount_with(*lists, NULL), ""); /* the host's root has other attributes */
    attribute_error = 0;
    assert_string_equal(mount_with(*lists, "userxattr"), "");
    attribute_error = EPERM;
    assert_string_equal(mount_with(*lists, "userxattr"), "");
    attribute_error = 0;
}

/* Between the check and the mount, somebody puts another image in the place of the first. */
static void an_image_that_was_swapped_is_refused(void **state)
{
    mount_error = 0;
    *options = '\0';
    assert_int_equal(make("web"), 0);
    shell("ln -sfn /etc %s/lower", o.folder.dir);
    assert_int_equal(CATCH(overlay_mount(&o, NULL)), -1);
    assert_int_equal(errno, ESTALE);
    assert_string_equal(options, "");
    assert_contains(caught, "/web/lower does not lead to the image any more: ESTALE");
    shell("ln -sfn /no/such %s/lower", o.folder.dir);
    assert_int_equal(CATCH(overlay_mount(&o, NULL)), -1);
    assert_contains(caught, "/web/lower: ENOENT");
    assert_int_equal(overlay_remove(&o), 0);
    assert_int_equal(o.image, 0);
    /* Without an image there is nothing to compare with: no folder will do. */
    assert_int_equal(make("web"), 0);
    close(o.image);
    assert_int_equal(CATCH(overlay_mount(&o, NULL)), -1);
    assert_int_equal(errno, ESTALE);
    o.image = 0;
    assert_int_equal(overlay_remove(&o), 0);
}

static void an_image_that_cannot_be_opened_is_none(void **state)
{
    struct overlay none = {0};

    assert_int_equal(CATCH(overlay_open_image(&none, "/no/such")), -1);
    assert_int_equal(none.image, 0);
    assert_int_equal(overlay_remove(&none), 0);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
}

static int lacked = -1; /* the capability that root lacks, or -1 */

bool __wrap_privilege_hint(int capability)
{
    return capability == lacked;
}

static void assert_hint(int error, long magic, uid_t as, const char *hint)
{
    mount_error = error;
    file_system = magic;
    if (o.image == 0)
        assert_int_equal(overlay_open_image(&o, "/usr"), 0);
    user = as;
    assert_int_equal(CATCH(overlay_mount(&o, NULL)), -1);
    user = __real_geteuid();
    assert_int_equal(errno, error);
    assert_false(o.mounted);
    assert_contains(caught, "container: mount overlay on ");
    assert_contains(caught, hint);
}

static void a_refused_mount_says_what_may_be_wrong(void **state)
{
    assert_int_equal(make("web"), 0);
    assert_hint(EPERM, 0, 1000, "/merged: EPERM (Operation not permitted)\n");
    assert_hint(EPERM, 0, 1000, "hint: only root may do this");
    assert_hint(EPERM, 0, 0, "hint: the root of a user namespace may do this from Linux 5.11 on");
    assert_hint(ENODEV, 0, 0, "hint: this kernel has no overlay: sudo modprobe overlay");
    assert_hint(EINVAL, OVERLAYFS_SUPER_MAGIC, 0, "/web is on an overlay itself");
    assert_hint(EINVAL, TMPFS_MAGIC, 0, "the kernel log (dmesg) says more");
    lacked = CAP_SYS_ADMIN;
    assert_hint(EPERM, 0, 0, "EPERM");
    assert_lacks(caught, "hint"); /* that one was given already */
    assert_hint(EACCES, 0, 0, "the kernel log (dmesg) says more");
    lacked = -1;
    has_mounts = true;
    assert_hint(EINVAL, TMPFS_MAGIC, 1000, "hint: /usr/proc is a mount below the image");
    assert_hint(EIO, TMPFS_MAGIC, 1000, "the kernel log (dmesg) says more");
    has_mounts = false;
    assert_int_equal(overlay_remove(&o), 0);
}

/* Root in the container may have mounted more on it (1 + 2), or may have unmounted it (0). */
static void an_owner_without_an_id_is_told_of(void **state)
{
    assert_int_equal(make("web"), 0);
    assert_int_equal(scratch_enter(&o.folder), 0);
    assert_false(overlay_is_foreign(&o));
    shell("mkdir %s/image && ln -sfn %s/image %s/lower", folder, folder, o.folder.dir);
    if (geteuid() == 0) {
        shell("chown 65534 %s/image", folder);
        assert_true(overlay_is_foreign(&o)); /* /usr is root's */
        o.owners[0] = 65534;
        assert_false(overlay_is_foreign(&o));
        shell("mkdir %s/image/etc && chown 65534 %s/image/etc", folder, folder);
        o.owners[2] = 0;
        assert_false(overlay_is_foreign(&o)); /* for /etc there is no help */
        shell("mv %s/image/etc %s/image/tmp", folder, folder);
        o.owners[1] = 0;
        assert_true(overlay_is_foreign(&o));
        o.owners[0] = 0;
        shell("chown 0 %s/image/tmp", folder); /* of a foreign image, too */
        assert_false(overlay_is_foreign(&o));
    }
    shell("rm -r %s/image", folder);
    assert_false(overlay_is_foreign(&o));
    assert_int_equal(overlay_remove(&o), 0);
}

static void every_mount_on_merged_goes(void **state)
{
    umount_error = EINVAL;
    for (int count = 0; count <= 3; count++) {
        o = (struct overlay){.mounted = true};
        mounted = count;
        assert_int_equal(CATCH(overlay_unmount(&o)), 0);
        assert_string_equal(caught, "");
        assert_int_equal(mounted, -1); /* it has asked until there was no more */
        assert_false(o.mounted);
    }
}

static void unmounting_has_an_end(void **state)
{
    o = (struct overlay){.mounted = true};
    mounted = 1000000;
    assert_int_equal(CATCH(overlay_unmount(&o)), -1);
    assert_true(mounted > 0);
}

static void unmounting_is_needed_only_when_mounted(void **state)
{
    o = (struct overlay){.folder.dir = "/nowhere"};
    umount_error = EPERM;
    mounted = 0;
    assert_int_equal(CATCH(overlay_unmount(&o)), 0);
    o.mounted = true;
    assert_int_equal(CATCH(overlay_unmount(&o)), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: umount /nowhere/merged: EPERM (Operation not permitted)\n");
    assert_true(o.mounted);
}

static void a_path_too_long_is_refused(void **state)
{
    char name[NAME_MAX + 2];

    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(make(name), -1);
    assert_int_equal(errno, ENAMETOOLONG);
    assert_contains(caught, "ENAMETOOLONG (File name too long)\n");
    assert_int_equal(overlay_remove(&o), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layers_are_made_and_removed),
        cmocka_unit_test(the_layers_modes_do_not_hang_on_the_umask),
        cmocka_unit_test(a_name_in_use_is_left_alone),
        cmocka_unit_test(a_scratch_directory_that_is_not_there_is_reported),
        cmocka_unit_test(half_a_set_up_is_removed_too),
        cmocka_unit_test(the_options_hold_no_path),
        cmocka_unit_test(packages_that_cannot_change_are_told_of),
        cmocka_unit_test(an_image_that_was_swapped_is_refused),
        cmocka_unit_test(an_image_that_cannot_be_opened_is_none),
        cmocka_unit_test(a_refused_mount_says_what_may_be_wrong),
        cmocka_unit_test(an_owner_without_an_id_is_told_of),
        cmocka_unit_test(every_mount_on_merged_goes),
        cmocka_unit_test(unmounting_has_an_end),
        cmocka_unit_test(unmounting_is_needed_only_when_mounted),
        cmocka_unit_test(a_path_too_long_is_refused),
    };
    user = __real_geteuid();
    snprintf(folder, sizeof(folder), "%s", new_folder());
    int failed = check_run(tests);
    rmdir(folder);
    return failed;
}
