/* Real mounts, in a child with mounts of its own. Then refusals of each call. */
#include "check.h"
#include "files.h"
#include "inside.h"
#include "mount_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *folder;
static long refused_call;
static int refusal;

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    return refusal && number == refused_call ? refuse(refusal)
                                             : __real_syscall(number, a, b, c, d, e, f);
}

/* The tests work in a tmpfs of the child, which is gone with the child. */
static bool begin(void)
{
    int mount = mount_fd_new("tmpfs", NULL, 0);

    return mount >= 0 && mount_fd_attach(mount, "/tmp") == 0 && chdir("/tmp") == 0;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static bool may_write(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int make_one(void)
{
    struct statvfs fs;
    struct stat status;

    INSIDE_CHECK(begin() && mkdir("here", 0700) == 0);
    int mount = mount_fd_new("tmpfs", "size=64k,mode=751", MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    INSIDE_CHECK(mount >= 0 && fcntl(mount, F_GETFD) == FD_CLOEXEC);
    INSIDE_CHECK(mount_fd_attach(mount, "here") == 0);
    INSIDE_CHECK(!is_open(mount));
    INSIDE_CHECK(stat("here", &status) == 0 && (status.st_mode & 07777) == 0751);
    INSIDE_CHECK(statvfs("here", &fs) == 0 && fs.f_blocks * fs.f_frsize == 65536);
    INSIDE_CHECK(fs.f_flag & ST_NODEV && fs.f_flag & ST_NOEXEC && !(fs.f_flag & ST_NOSUID));
    return 0;
}

static void a_new_mount_has_its_options_and_attributes(void **state)
{
    assert_inside(make_one);
}

static int copy_with_what_is_below(void)
{
    struct statvfs fs;

    INSIDE_CHECK(begin() && mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0 &&
                 mkdir("c", 0755) == 0);
    INSIDE_CHECK(mount_fd_attach(mount_fd_new("tmpfs", NULL, 0), "a/b") == 0);
    write_file("a/b/file", "");
    int mount = mount_fd_copy("a", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID);
    INSIDE_CHECK(mount >= 0 && fcntl(mount, F_GETFD) == FD_CLOEXEC);
    INSIDE_CHECK(mount_fd_attach(mount, "c") == 0);
    INSIDE_CHECK(exists("c/b/file"));
    INSIDE_CHECK(!may_write("c/new") && errno == EROFS);
    INSIDE_CHECK(!may_write("c/b/new") && errno == EROFS);
    INSIDE_CHECK(statvfs("c/b", &fs) == 0 && fs.f_flag & ST_NOSUID);
    INSIDE_CHECK(may_write("a/new") && may_write("a/b/new")); /* the original is as before */
    return 0;
}

static void a_copy_has_what_is_below_and_the_attributes_hold_there(void **state)
{
    assert_inside(copy_with_what_is_below);
}

static int copy_a_file(void)
{
    INSIDE_CHECK(begin());
    write_file("source", "text");
    write_file("target", "");
    INSIDE_CHECK(mount_fd_attach(mount_fd_copy("source", 0), "target") == 0);
    INSIDE_CHECK(strcmp(read_file("target"), "text") == 0);
    return 0;
}

static void a_file_can_be_mounted_on_a_file(void **state)
{
    assert_inside(copy_a_file);
}

static int attach_wrongly(void)
{
    static const struct {
        const char *target;
        int error;
    } wrong[] = {{"missing", ENOENT},  {"link", ELOOP},           {"dangling", ELOOP},
                 {"link/deep", ELOOP}, {"/tmp/link/deep", ELOOP}, {"file", EINVAL}};

    INSIDE_CHECK(begin() && mkdir("folder", 0755) == 0 && symlink("folder", "link") == 0 &&
                 mkdir("folder/deep", 0755) == 0 && symlink("nowhere", "dangling") == 0);
    write_file("file", "");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        int mount = mount_fd_new("tmpfs", NULL, 0);

        INSIDE_CHECK(mount_fd_attach(mount, wrong[i].target) == -1);
        INSIDE_CHECK(errno == wrong[i].error);
        INSIDE_CHECK(!is_open(mount));
    }
    INSIDE_CHECK(mount_fd_attach(mount_fd_copy("file", 0), "folder") == -1);
    INSIDE_CHECK(may_write("folder/file"));
    return 0;
}

static void a_link_or_another_kind_of_file_is_no_place(void **state)
{
    assert_inside(attach_wrongly);
}

static int restrict_one(void)
{
    INSIDE_CHECK(begin() && mkdir("below", 0755) == 0);
    INSIDE_CHECK(mount_fd_attach(mount_fd_new("tmpfs", NULL, 0), "below") == 0);
    INSIDE_CHECK(mount_fd_restrict("/tmp", MOUNT_ATTR_RDONLY) == 0);
    INSIDE_CHECK(!may_write("new") && errno == EROFS);
    INSIDE_CHECK(may_write("below/new"));
    INSIDE_CHECK(mount_fd_restrict("/tmp/nowhere", MOUNT_ATTR_RDONLY) == -1 && errno == ENOENT);
    INSIDE_CHECK(mount_fd_restrict("/tmp/below/new", MOUNT_ATTR_RDONLY) == -1);
    INSIDE_CHECK(errno == EINVAL); /* it is no mount point */
    return 0;
}

static void one_mount_is_restricted_and_no_other(void **state)
{
    assert_inside(restrict_one);
}

static int cover_one(void)
{
    struct statvfs fs;

    INSIDE_CHECK(begin() && mkdir("secret", 0755) == 0);
    write_file("secret/file", "text");
    INSIDE_CHECK(mount_fd_cover_folder("secret") == 0);
    INSIDE_CHECK(!exists("secret/file"));
    INSIDE_CHECK(!may_write("secret/new") && errno == EROFS);
    INSIDE_CHECK(statvfs("secret", &fs) == 0 && fs.f_flag & ST_NOEXEC && fs.f_flag & ST_NODEV);
    INSIDE_CHECK(mount_fd_cover_folder("nowhere") == -1 && errno == ENOENT);
    return 0;
}

static void a_covered_folder_shows_nothing_and_takes_nothing(void **state)
{
    assert_inside(cover_one);
}

static int make_wrong_ones(void)
{
    int before = dup(STDERR_FILENO);

    INSIDE_CHECK(mount_fd_new("nonsense", NULL, 0) == -1 && errno == ENODEV);
    INSIDE_CHECK(mount_fd_new("tmpfs", "nonsense=1", 0) == -1 && errno == EINVAL);
    INSIDE_CHECK(mount_fd_new("tmpfs", "size=64k,size=x", 0) == -1 && errno == EINVAL);
    INSIDE_CHECK(mount_fd_copy("/nowhere", 0) == -1 && errno == ENOENT);
    INSIDE_CHECK(dup(STDERR_FILENO) == before + 1); /* no descriptor is left open */
    return 0;
}

static void what_cannot_be_made_is_reported(void **state)
{
    catch_begin();
    assert_inside(make_wrong_ones);
    catch_end(0);
    assert_string_equal(
        caught, "container: make a mount of nonsense: ENODEV (No such device)\n"
                "container: make a mount of tmpfs with nonsense=1: EINVAL (Invalid argument)\n"
                "container: make a mount of tmpfs with size=64k,size=x: EINVAL (Invalid argument)\n"
                "container: copy the mount at /nowhere: ENOENT (No such file or directory)\n");
}

static int use_each(void)
{
    static const long calls[] = {SYS_fsopen,    SYS_fsconfig,      SYS_fsmount,
                                 SYS_open_tree, SYS_mount_setattr, SYS_move_mount};

    INSIDE_CHECK(begin() && mkdir("folder", 0755) == 0);
    int before = dup(STDERR_FILENO);
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        refused_call = calls[i];
        refusal = ENOSYS;
        int mount = i < 3 ? mount_fd_new("tmpfs", "mode=755", 0) : mount_fd_copy("folder", 0);
        int result = mount < 0 ? -1 : mount_fd_attach(mount, "folder");
        refusal = 0;
        INSIDE_CHECK(result == -1 && errno == ENOSYS);
        int next = dup(STDERR_FILENO);
        INSIDE_CHECK(next == before + 1);
        close(next);
    }
    return 0;
}

/* A kernel before 5.12 refuses them. */
static void each_refusal_is_reported_and_leaves_nothing_open(void **state)
{
    catch_begin();
    assert_inside(use_each);
    catch_end(0);
    assert_contains(caught, "container: make a mount of tmpfs with mode=755: ENOSYS");
    assert_contains(caught, "container: copy the mount at folder: ENOSYS");
    assert_contains(caught, "container: restrict the copy of the mount at folder: ENOSYS");
    assert_contains(caught, "container: mount on folder: ENOSYS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_mount_has_its_options_and_attributes),
        cmocka_unit_test(a_copy_has_what_is_below_and_the_attributes_hold_there),
        cmocka_unit_test(a_file_can_be_mounted_on_a_file),
        cmocka_unit_test(a_link_or_another_kind_of_file_is_no_place),
        cmocka_unit_test(one_mount_is_restricted_and_no_other),
        cmocka_unit_test(a_covered_folder_shows_nothing_and_takes_nothing),
        cmocka_unit_test(what_cannot_be_made_is_reported),
        cmocka_unit_test(each_refusal_is_reported_and_leaves_nothing_open),
    };
    folder = new_folder();
    int failed = check_run(tests);
    rmdir(folder);
    return failed;
}
