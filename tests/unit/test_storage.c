/* Real mounts, in a child with mounts of its own. */
#include "check.h"
#include "files.h"
#include "inside.h"
#include "mount_fd.h"
#include "storage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static struct scratch s;
static int given = -1; /* the mount of the image that the launcher sends */

int __wrap_gate_given(void)
{
    return given;
}

static const char *refused; /* the call that fails */
static int refusal;

static bool is_refused(const char *call)
{
    return refused && strcmp(call, refused) == 0;
}

int __real_chdir(const char *path);
int __wrap_chdir(const char *path)
{
    return is_refused("chdir") ? refuse(refusal) : __real_chdir(path);
}

int __real_fchdir(int fd);
int __wrap_fchdir(int fd)
{
    return is_refused("fchdir") ? refuse(refusal) : __real_fchdir(fd);
}

/* With the error 0 the link is longer than any that fits. */
ssize_t __real_readlink(const char *path, char *target, size_t size);
ssize_t __wrap_readlink(const char *path, char *target, size_t size)
{
    if (!is_refused("readlink"))
        return __real_readlink(path, target, size);
    return refusal ? refuse(refusal) : (ssize_t)size;
}

int __real_symlink(const char *target, const char *path);
int __wrap_symlink(const char *target, const char *path)
{
    return is_refused("symlink") ? refuse(refusal) : __real_symlink(target, path);
}

/* For a call of mkdir(2), `refused` is the name of the folder. */
int __real_mkdirat(int dir, const char *name, mode_t mode);
int __wrap_mkdirat(int dir, const char *name, mode_t mode)
{
    return is_refused(name) ? refuse(refusal) : __real_mkdirat(dir, name, mode);
}

int __real_fcntl64(int fd, int command, long argument);
int __wrap_fcntl64(int fd, int command, long argument)
{
    return command == F_DUPFD_CLOEXEC && is_refused("fcntl")
               ? refuse(refusal)
               : __real_fcntl64(fd, command, argument);
}

int __real_mount_fd_new(const char *type, const char *options, unsigned attributes);
int __wrap_mount_fd_new(const char *type, const char *options, unsigned attributes)
{
    return is_refused("mount_fd_new") ? refuse(refusal)
                                      : __real_mount_fd_new(type, options, attributes);
}

int __real_mount_fd_copy(const char *path, unsigned attributes);
int __wrap_mount_fd_copy(const char *path, unsigned attributes)
{
    return is_refused("mount_fd_copy") ? refuse(refusal) : __real_mount_fd_copy(path, attributes);
}

int __real_mount_fd_attach(int mount, const char *target);
int __wrap_mount_fd_attach(int mount, const char *target)
{
    if (!is_refused(target))
        return __real_mount_fd_attach(mount, target);
    close(mount); /* as it does after any error */
    return refuse(refusal);
}

static bool begin(void)
{
    int mount = mount_fd_new("tmpfs", NULL, 0);

    if (mount < 0 || mount_fd_attach(mount, "/tmp") < 0)
        return false;
    shell("mkdir -p /tmp/web/upper /tmp/image; touch /tmp/web/upper/old /tmp/image/file; "
          "ln -s /tmp/image /tmp/web/lower");
    s = (struct scratch){.dir = "/tmp/web", .fd = open("/tmp/web", O_RDONLY | O_DIRECTORY)};
    return true;
}

static unsigned long long size_of(const char *path)
{
    struct statvfs fs;

    return statvfs(path, &fs) == 0 ? (unsigned long long)fs.f_blocks * fs.f_frsize : 0;
}

static unsigned long long files_of(const char *path)
{
    struct statvfs fs;

    return statvfs(path, &fs) == 0 ? fs.f_files : 0;
}

static int cover(void)
{
    static const char *const names[] = {"/tmp/web/upper", "/tmp/web/work", "/tmp/web/merged"};
    struct stat status;

    INSIDE_CHECK(begin() && storage_limit(&s, 1 << 20) == 0);
    INSIDE_CHECK(size_of("/tmp/web") == 1 << 20);
    INSIDE_CHECK(stat("/tmp/web", &status) == 0 && (status.st_mode & 07777) == 0700);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        INSIDE_CHECK(stat(names[i], &status) == 0 && (status.st_mode & 07777) == 0755);
    INSIDE_CHECK(!exists("/tmp/web/upper/old"));
    INSIDE_CHECK(exists("/tmp/web/lower/file"));
    return 0;
}

static void the_layers_are_made_anew_in_so_many_bytes(void **state)
{
    assert_inside(cover);
}

static int cover_by_default(void)
{
    INSIDE_CHECK(begin() && storage_limit(&s, 0) == 0);
    INSIDE_CHECK(size_of("/tmp/web") == STORAGE_DEFAULT);
    return 0;
}

static void the_default_is_256_megabytes(void **state)
{
    assert_inside(cover_by_default);
}

static int fill(void)
{
    static char megabyte[1 << 20];

    INSIDE_CHECK(begin() && storage_limit(&s, 2 << 20) == 0);
    int file = open("/tmp/web/upper/big", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    INSIDE_CHECK(write(file, megabyte, sizeof(megabyte)) == sizeof(megabyte));
    INSIDE_CHECK(write(file, megabyte, sizeof(megabyte)) == sizeof(megabyte));
    INSIDE_CHECK(write(file, megabyte, sizeof(megabyte)) == -1 && errno == ENOSPC);
    return 0;
}

static int count_files(void)
{
    INSIDE_CHECK(begin() && storage_limit(&s, 1 << 20) == 0 && files_of("/tmp/web") == 1024);
    INSIDE_CHECK(begin() && storage_limit(&s, 1 << 24) == 0 && files_of("/tmp/web") == 4096);
    return 0;
}

/* Even the smallest has room for some files. */
static void files_are_counted_too(void **state)
{
    assert_inside(count_files);
}

static int open_folders(void)
{
    static char megabyte[1 << 20];
    struct stat status;

    INSIDE_CHECK(begin() && storage_limit(&s, 1 << 20) == 0 && mkdir("/tmp/web/merged/a", 0) == 0);
    umask(077);
    int mount = storage_open_folder(&s, "shm", MOUNT_ATTR_NOEXEC);
    INSIDE_CHECK(mount_fd_attach(mount, "/tmp/web/merged/a") == 0);
    INSIDE_CHECK(stat("/tmp/web/merged/a", &status) == 0 && (status.st_mode & 07777) == 01777);
    int file = open("/tmp/web/merged/a/big", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    INSIDE_CHECK(write(file, megabyte, sizeof(megabyte)) == sizeof(megabyte));
    file = open("/tmp/web/upper/big", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    INSIDE_CHECK(write(file, megabyte, sizeof(megabyte)) == -1 && errno == ENOSPC);
    INSIDE_CHECK(storage_open_folder(&s, "shm", 0) == -1 && errno == EEXIST);
    return 0;
}

static void a_folder_elsewhere_counts_for_it(void **state)
{
    catch_begin();
    assert_inside(open_folders);
    catch_end(0);
    assert_string_equal(caught, "container: mkdir shm: EEXIST (File exists)\n");
}

static int keep_the_layer(void)
{
    INSIDE_CHECK(begin());
    s.keep = true;
    INSIDE_CHECK(storage_limit(&s, 0) == 0 && exists("/tmp/web/upper/old"));
    INSIDE_CHECK(mount_fd_attach(storage_open_folder(&s, "shm", 0), "/tmp/image") == 0);
    INSIDE_CHECK(size_of("/tmp/image") == 64 << 20 && files_of("/tmp/image") == 16384);
    INSIDE_CHECK(!exists("/tmp/web/shm"));
    return 0;
}

static void with_keep_only_the_folder_has_a_limit(void **state)
{
    assert_inside(keep_the_layer);
}

static void a_layer_that_is_kept_can_have_no_size(void **state)
{
    assert_int_equal(CATCH(storage_check(true, 1 << 20)), -1);
    assert_int_equal(errno, EINVAL);
    assert_string_equal(caught,
                        "container: --keep and --storage-size: EINVAL (Invalid argument)\n"
                        "container: hint: a layer that is kept is on the disk, where it has "
                        "no limit: leave one of them out\n");
    assert_int_equal(storage_check(true, 0), 0);
    assert_int_equal(storage_check(false, 65536), 0);
    assert_int_equal(CATCH(storage_check(false, 65535)), -1);
    assert_string_equal(caught,
                        "container: --storage-size 65535: at least 64K, for the container's "
                        "own files: EINVAL (Invalid argument)\n");
}

static void no_more_can_be_written(void **state)
{
    assert_inside(fill);
}

static int attach_the_image(bool keep)
{
    INSIDE_CHECK(begin());
    if (keep)
        shell("rm /tmp/web/lower && mkdir /tmp/web/lower");
    s.keep = keep;
    given = mount_fd_copy("/tmp/image", 0);
    INSIDE_CHECK(given >= 0 && storage_limit(&s, 1 << 20) == 0);
    INSIDE_CHECK(exists("/tmp/web/lower/file"));
    INSIDE_CHECK(size_of("/tmp/web/lower") != 1 << 20); /* this is still the image */
    return 0;
}

static int attach_to_the_tmpfs(void)
{
    return attach_the_image(false);
}

static int attach_to_the_folder(void)
{
    return attach_the_image(true);
}

static void the_mount_of_the_image_comes_onto_lower(void **state)
{
    assert_inside(attach_to_the_tmpfs);
    assert_inside(attach_to_the_folder);
}

static int cover_what_is_not_there(void)
{
    INSIDE_CHECK(begin() && unlink("/tmp/web/lower") == 0 && storage_limit(&s, 1 << 20) == -1);
    INSIDE_CHECK(errno == ENOENT);
    return 0;
}

/* The caller goes on in the tmpfs, and `s` is the tmpfs: no descriptor leads out of it. */
static int look_at_the_descriptor(void)
{
    struct stat here, held;

    INSIDE_CHECK(begin() && storage_limit(&s, 1 << 20) == 0);
    INSIDE_CHECK(stat(".", &here) == 0 && fstat(s.fd, &held) == 0 && here.st_dev == held.st_dev);
    INSIDE_CHECK(exists("upper") && !exists("upper/old") && scratch_enter(&s) == 0);
    return 0;
}

static void the_scratch_directory_is_the_tmpfs_from_there_on(void **state)
{
    assert_inside(look_at_the_descriptor);
}

/* Refuses one call of storage_limit(), which says so, and returns this error. */
static bool fails(const char *call, int error, const char *message)
{
    if (!begin())
        return false;
    refused = call;
    refusal = error;
    int result = CATCH(storage_limit(&s, 1 << 20));
    refused = NULL;
    return result == -1 && errno == (error ? error : ENAMETOOLONG) && strstr(caught, message);
}

static int refuse_each_call(void)
{
    INSIDE_CHECK(fails("chdir", ENOENT, "chdir to /tmp/web: ENOENT") && !strstr(caught, "hint"));
    INSIDE_CHECK(fails("chdir", EACCES, "chdir to /tmp/web: EACCES"));
    INSIDE_CHECK(strstr(caught, "each folder above it: chmod o+x, or --scratch DIR elsewhere\n"));
    INSIDE_CHECK(fails("readlink", EIO, "read the link lower: EIO"));
    INSIDE_CHECK(fails("readlink", 0, "read the link lower: ENAMETOOLONG"));
    INSIDE_CHECK(fails("mount_fd_new", ENOMEM, ""));
    INSIDE_CHECK(fails("fcntl", EMFILE, "keep the tmpfs on /tmp/web open: EMFILE"));
    INSIDE_CHECK(fails(".", ENOMEM, "") && size_of("/tmp/web") != 1 << 20);
    INSIDE_CHECK(fails("fchdir", EACCES, "chdir to /tmp/web: EACCES"));
    INSIDE_CHECK(fails("upper", ENOSPC, "mkdir upper: ENOSPC"));
    INSIDE_CHECK(fails("work", ENOSPC, "mkdir work: ENOSPC"));
    INSIDE_CHECK(fails("merged", ENOSPC, "mkdir merged: ENOSPC") && !exists("/tmp/web/lower"));
    INSIDE_CHECK(fails("symlink", ENOSPC, "symlink lower: ENOSPC"));
    return 0;
}

static void each_refusal_is_reported(void **state)
{
    assert_inside(refuse_each_call);
}

static int refuse_the_place_of_a_mount(void)
{
    INSIDE_CHECK(begin());
    given = mount_fd_copy("/tmp/image", 0);
    refused = "lower";
    refusal = ENOSPC;
    INSIDE_CHECK(CATCH(storage_limit(&s, 1 << 20)) == -1 && errno == ENOSPC);
    INSIDE_CHECK(strstr(caught, "mkdir lower: ENOSPC"));
    return 0;
}

static void a_mount_of_the_image_needs_its_place(void **state)
{
    assert_inside(refuse_the_place_of_a_mount);
}

/* The descriptors of the test, which is not to lose one by an error. */
static int count_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static bool fails_without_a_loss(const char *call)
{
    int before = begin() ? count_descriptors() : 0;

    refused = call;
    refusal = EMFILE;
    int result = CATCH(storage_limit(&s, 1 << 20));
    refused = NULL;
    return result == -1 && count_descriptors() == before;
}

static int refuse_to_keep_the_tmpfs(void)
{
    INSIDE_CHECK(fails_without_a_loss("fcntl"));
    INSIDE_CHECK(fails_without_a_loss("."));
    return 0;
}

static void what_was_not_covered_is_closed(void **state)
{
    assert_inside(refuse_to_keep_the_tmpfs);
}

static int swap_the_folder(void)
{
    INSIDE_CHECK(begin());
    shell("cd /tmp && mv web moved && mkdir bait && ln -s bait web");
    INSIDE_CHECK(storage_limit(&s, 1 << 20) == -1 && errno == ESTALE);
    INSIDE_CHECK(size_of("/tmp/bait") != 1 << 20 && size_of("/tmp/moved") != 1 << 20);
    return 0;
}

static void another_folder_in_its_place_is_not_covered(void **state)
{
    catch_begin();
    assert_inside(swap_the_folder);
    catch_end(0);
    assert_contains(caught, "container: /tmp/web is not the container's folder any more: ESTALE");
}

static void what_is_missing_is_reported(void **state)
{
    catch_begin();
    assert_inside(cover_what_is_not_there);
    catch_end(0);
    assert_string_equal(caught,
                        "container: read the link lower: ENOENT (No such file or directory)\n");
}

static void the_bytes_of_files_are_found_in_the_cgroup(void **state)
{
    const char *dir = new_folder();

    assert_int_equal(storage_in_memory(""), 0); /* there is no cgroup */
    assert_int_equal(storage_in_memory(dir), 0);
    write_file(path_in(dir, "memory.stat"), "anon 5\ntotal_shmem 7\nshmem 123456789012\nfile 3\n");
    assert_int_equal(storage_in_memory(dir), 123456789012);
    write_file(path_in(dir, "memory.stat"), "anon 5\nshmem x\n");
    assert_int_equal(storage_in_memory(dir), 0);
    shell("rm -r %s", dir);
}

static const char *hint(long long files, long long bytes, long long memory)
{
    CATCH((storage_hint_memory(files, bytes, memory), 0));
    return caught;
}

static void where_files_fill_the_memory_both_options_are_named(void **state)
{
    enum { MIB = 1 << 20 };

    assert_string_equal(hint(0, 0, 0), "");
    assert_string_equal(hint(7LL * MIB, 0, 32LL * MIB), "");
    assert_contains(hint(8LL * MIB, 0, 32LL * MIB), "8M of them");
    assert_contains(caught, "--storage-size 256M --memory 288M\n");
    assert_contains(hint(500LL * MIB, 1024LL * MIB, 0), "--storage-size 1024M --memory 1536M\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layers_are_made_anew_in_so_many_bytes),
        cmocka_unit_test(the_default_is_256_megabytes),
        cmocka_unit_test(no_more_can_be_written),
        cmocka_unit_test(files_are_counted_too),
        cmocka_unit_test(a_folder_elsewhere_counts_for_it),
        cmocka_unit_test(with_keep_only_the_folder_has_a_limit),
        cmocka_unit_test(a_layer_that_is_kept_can_have_no_size),
        cmocka_unit_test(the_mount_of_the_image_comes_onto_lower),
        cmocka_unit_test(the_scratch_directory_is_the_tmpfs_from_there_on),
        cmocka_unit_test(another_folder_in_its_place_is_not_covered),
        cmocka_unit_test(what_is_missing_is_reported),
        cmocka_unit_test(each_refusal_is_reported),
        cmocka_unit_test(a_mount_of_the_image_needs_its_place),
        cmocka_unit_test(what_was_not_covered_is_closed),
        cmocka_unit_test(the_bytes_of_files_are_found_in_the_cgroup),
        cmocka_unit_test(where_files_fill_the_memory_both_options_are_named),
    };
    return check_run(tests);
}
