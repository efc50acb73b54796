/* The system calls are written down. The namespaces are our own: only their number is asked. */
#include "acts.h"
#include "check.h"
#include "files.h"
#include "lower.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

static uid_t caller;
static int copy; /* what open_tree(2) gives */

uid_t __wrap_geteuid(void)
{
    return caller;
}

/* The child is this process. */
static int given = -1;

void __wrap_gate_give(int fd)
{
    given = fd;
}

int __wrap_gate_given(void)
{
    return given;
}

static long file_system;

/* With offsets of 64 bits, fstatfs has the name fstatfs64. */
int __wrap_fstatfs64(int fd, struct statfs *fs)
{
    assert_int_equal(fd, 77);
    fs->f_type = file_system;
    return 0;
}

static const char *release = "6.1.0-56-cloud-amd64";

int __wrap_uname(struct utsname *name)
{
    snprintf(name->release, sizeof(name->release), "%s", release);
    return 0;
}

long __wrap_syscall(long number, long a, const char *path, long c, const struct mount_attr *attr,
                    size_t size)
{
    if (number == SYS_open_tree) {
        assert_string_equal(path, ""); /* the path may lead elsewhere by now */
        /* Not what is mounted below. */
        assert_int_equal(c, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
        return act("copy %ld", a) < 0 ? -1 : (copy = dup(STDIN_FILENO));
    }
    if (number == SYS_mount_setattr) {
        assert_int_equal(a, copy);
        assert_int_equal(size, sizeof(*attr));
        assert_int_equal(fcntl((int)attr->userns_fd, F_GETFD), FD_CLOEXEC);
        return act("%s%s", attribute_names((unsigned)attr->attr_set),
                   attr->attr_set & MOUNT_ATTR_IDMAP ? ",idmap" : "");
    }
    assert_int_equal(number, SYS_move_mount);
    return act("attach");
}

static bool mapped;

static int open_lower_with(int refused, int error)
{
    acts_begin(refused, error);
    return CATCH(lower_open(77, "/image", getpid(), &mapped));
}

static int open_lower(int refused)
{
    return open_lower_with(refused, EINVAL);
}

static void the_copy_is_read_only_with_the_ids_of_the_child(void **state)
{
    int fd = open_lower(0);

    assert_int_equal(fd, copy);
    close(fd);
    assert_true(mapped);
    assert_string_equal(acts, "copy 77\nro,idmap\n");
    assert_string_equal(caught, "");
}

static void where_ids_cannot_be_mapped_there_is_a_note(void **state)
{
    int fd = open_lower(2);

    assert_int_equal(fd, copy);
    close(fd);
    assert_false(mapped);
    assert_string_equal(acts, "copy 77\nro,idmap\nro\n");
    assert_string_equal(caught, "container: /image cannot be mounted with other ids, so its files "
                                "belong to nobody inside\n");
}

/* There the ids could be mapped, and the overlay would then refuse the layer. */
static void before_linux_5_19_the_ids_are_not_mapped(void **state)
{
    static const char *const old[] = {"5.18.19", "5.15.0-186-generic", "5.4"};
    static const char *const new[] = {"5.19.0-rc1", "6.1", "10.0"};

    for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++) {
        release = old[i];
        close(open_lower(0));
        assert_false(mapped);
        assert_string_equal(acts, "copy 77\nro\n");
        assert_contains(caught, "cannot be mounted with other ids");
        release = new[i];
        close(open_lower(0));
        assert_true(mapped);
    }
    release = "6.1";
}

static void a_note_says_that_an_overlay_is_the_cause(void **state)
{
    file_system = OVERLAYFS_SUPER_MAGIC;
    int fd = open_lower(2);

    file_system = 0;
    close(fd);
    assert_contains(caught,
                    "container: /image cannot be mounted with other ids, so its files belong "
                    "to nobody inside, and cannot be changed: it is on an overlay, and a "
                    "copy on a disk");
}

/* Other kernels and file systems say so in other words. */
static void where_ids_cannot_be_mapped_no_errno_is_an_error(void **state)
{
    const int errors[] = {EINVAL, EPERM, ENOSYS, EOPNOTSUPP};

    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        int fd = open_lower_with(2, errors[i]);
        assert_int_equal(fd, copy);
        close(fd);
        assert_contains(caught, "cannot be mounted with other ids");
    }
}

static void a_map_that_failed_is_an_error(void **state)
{
    const int errors[] = {EIO, ENOMEM, EMFILE, EBUSY};

    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        assert_int_equal(open_lower_with(2, errors[i]), -1);
        assert_int_equal(errno, errors[i]);
        assert_false(mapped);
        assert_int_equal(fcntl(copy, F_GETFD), -1);
        assert_contains(caught, "container: map the ids of the mount at /image: E");
        assert_lacks(caught, "cannot be mounted");
    }
}

static void a_refused_copy_is_reported(void **state)
{
    assert_int_equal(open_lower(1), -1);
    assert_int_equal(errno, EINVAL);
    assert_false(mapped);
    assert_string_equal(caught, "container: copy the mount at /image: EINVAL (Invalid argument)\n");
    assert_int_equal(CATCH(lower_open(77, "/image", 0, &mapped)), -1);
    assert_string_equal(caught,
                        "container: open /proc/0/ns/user: ENOENT (No such file or directory)\n");
}

static struct overlay o = {.image = 77};

static int idmap(uid_t uid, int refused)
{
    caller = uid;
    acts_begin(refused, EPERM);
    return CATCH(lower_idmap(&o, "/image", getpid()));
}

static int attach(int refused)
{
    acts_begin(refused, EPERM);
    return CATCH(lower_attach(&o.folder));
}

static void roots_image_becomes_a_mount_in_the_place_of_the_link(void **state)
{
    const char *dir = new_folder();

    shell("ln -s /image %s/lower", dir);
    snprintf(o.folder.dir, sizeof(o.folder.dir), "%s", dir);
    o.folder.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    o.folder.keep = true;
    assert_int_equal(idmap(0, 0), 0);
    assert_string_equal(acts, "copy 77\nro,idmap\n");
    assert_int_equal(given, copy);
    assert_int_equal(attach(0), 0);
    assert_string_equal(acts, "attach\n");
    assert_int_equal(fcntl(copy, F_GETFD), -1);
    shell("[ ! -L %s/lower ] && rmdir %s/lower", dir, dir);
    assert_int_equal(idmap(0, 0), -1);
    assert_contains(caught, "container: make the folder ");
    scratch_close(&o.folder);
    shell("rm -r %s", dir);
}

static void what_fails_in_the_child_is_reported(void **state)
{
    const char *dir = new_folder();

    shell("ln -s /image %s/lower", dir);
    snprintf(o.folder.dir, sizeof(o.folder.dir), "%s", dir);
    o.folder.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    o.folder.keep = true;
    assert_int_equal(idmap(0, 1), -1);
    shell("rmdir %s/lower && ln -s /image %s/lower", dir, dir);
    assert_int_equal(idmap(0, 0), 0);
    assert_int_equal(attach(1), -1);
    assert_contains(caught, "container: mount the image on ");
    assert_contains(caught, "/lower: EPERM (Operation not permitted)\n");
    assert_int_equal(fcntl(copy, F_GETFD), -1);
    shell("rmdir %s/lower && ln -s /image %s/lower", dir, dir);
    assert_int_equal(idmap(0, 0), 0);
    shell("mv %s %s.moved && mkdir -p %s/lower", dir, dir, dir); /* another folder is there now */
    assert_int_equal(attach(0), -1);
    assert_contains(caught, " is not the container's folder any more: ESTALE");
    assert_string_equal(acts, "");
    scratch_close(&o.folder);
    shell("rm -r %s %s.moved", dir, dir);
}

static void a_users_image_stays_a_link(void **state)
{
    given = -1;
    assert_int_equal(idmap(1000, 0), 0);
    assert_int_equal(attach(0), 0);
    assert_string_equal(acts, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_copy_is_read_only_with_the_ids_of_the_child),
        cmocka_unit_test(where_ids_cannot_be_mapped_there_is_a_note),
        cmocka_unit_test(before_linux_5_19_the_ids_are_not_mapped),
        cmocka_unit_test(a_note_says_that_an_overlay_is_the_cause),
        cmocka_unit_test(where_ids_cannot_be_mapped_no_errno_is_an_error),
        cmocka_unit_test(a_map_that_failed_is_an_error),
        cmocka_unit_test(a_refused_copy_is_reported),
        cmocka_unit_test(roots_image_becomes_a_mount_in_the_place_of_the_link),
        cmocka_unit_test(what_fails_in_the_child_is_reported),
        cmocka_unit_test(a_users_image_stays_a_link),
    };
    return check_run(tests);
}
