#include "check.h"
#include "file.h"
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *folder;
static int unsure; /* how often the kernel says EAGAIN first */

long __real_syscall(long number, long a, long b, long c, long d);
long __wrap_syscall(long number, long a, long b, long c, long d)
{
    return number == SYS_openat2 && unsure > 0 && unsure-- ? refuse(EAGAIN)
                                                           : __real_syscall(number, a, b, c, d);
}
static char tree[PATH_MAX];

static const char *refused; /* this call fails        */
static int refusal;         /* with this error        */
static int calls_left;      /* after so many that work */

static bool is_refused(const char *call)
{
    return refused && strcmp(call, refused) == 0 && calls_left-- == 0;
}

int __real_fcntl64(int fd, int command, long argument);
int __wrap_fcntl64(int fd, int command, long argument)
{
    return is_refused("fcntl") ? refuse(refusal) : __real_fcntl64(fd, command, argument);
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
    return is_refused("open") ? refuse(refusal) : __real_open64(path, flags, 0600);
}

int __real_lstat64(const char *path, struct stat *status);
int __wrap_lstat64(const char *path, struct stat *status)
{
    return is_refused("lstat") ? refuse(refusal) : __real_lstat64(path, status);
}

DIR *__real_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd)
{
    if (!is_refused("fdopendir"))
        return __real_fdopendir(fd);
    errno = refusal;
    return NULL;
}

struct dirent *__real_readdir64(DIR *dir);
struct dirent *__wrap_readdir64(DIR *dir)
{
    if (!is_refused("readdir"))
        return __real_readdir64(dir);
    errno = refusal;
    return NULL;
}

int __real_renameat(int from, const char *name, int to, const char *new_name);
int __wrap_renameat(int from, const char *name, int to, const char *new_name)
{
    return is_refused("renameat") ? refuse(refusal) : __real_renameat(from, name, to, new_name);
}

/* `refused` is the name of what cannot be removed. */
int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags)
{
    return is_refused(name) ? refuse(refusal) : __real_unlinkat(dir, name, flags);
}

static int open_what_is_closed(void)
{
    close(STDIN_FILENO);
    close(STDERR_FILENO);
    if (file_open_standard() < 0 || dup(STDIN_FILENO) <= STDERR_FILENO)
        return 1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd += 2) {
        char path[PATH_MAX] = "", link[64];

        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        if (readlink(link, path, sizeof(path) - 1) < 0 || strcmp(path, "/dev/null") != 0)
            return 2;
    }
    return 0;
}

static void another_file_is_not_the_device(void **state)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), other = open("/", O_RDONLY | O_CLOEXEC);

    assert_int_equal(CATCH(file_check_device(null, "/dev/null", 1, 3)), 0);
    assert_string_equal(caught, "");
    assert_int_equal(CATCH(file_check_device(null, "/dev/zero", 1, 5)), -1);
    assert_int_equal(errno, ENODEV);
    assert_int_equal(CATCH(file_check_device(other, "/dev/null", 1, 3)), -1);
    assert_int_equal(errno, ENODEV);
    assert_string_equal(
        caught, "container: /dev/null is not the device 1:3: ENODEV (No such device)\n"
                "container: hint: if something is mounted there: sudo umount /dev/null; or "
                "else make it again: sudo rm -f /dev/null; sudo mknod -m 666 /dev/null c 1 3\n");
    close(null);
    close(other);
    assert_int_equal(CATCH(file_check_device(-1, "/dev/null", 1, 3)), -1);
    assert_contains(caught, "container: fstat /dev/null: EBADF");
}

static void a_closed_standard_descriptor_becomes_dev_null(void **state)
{
    assert_int_equal(in_child(open_what_is_closed), 0);
}

static void a_mount_point_is_made_or_found(void **state)
{
    const char *path = path_in(folder, "mountpoint");
    struct stat status;
    mode_t before = umask(077);

    assert_int_equal(file_make_mount_point(path), 0);
    umask(before);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0755);
    assert_int_equal(file_make_mount_point(path), 0);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(CATCH(file_make_mount_point("/no/such")), -1);
    assert_int_equal(errno, ENOENT);
    assert_string_equal(caught, "container: mkdir /no/such: ENOENT (No such file or directory)\n");
}

static void a_mount_point_is_no_link_and_no_file(void **state)
{
    const char *path = path_in(folder, "mountpoint");

    assert_int_equal(symlink("/", path), 0);
    assert_int_equal(CATCH(file_make_mount_point(path)), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_contains(caught, "/mountpoint: ENOTDIR (Not a directory)\n");
    unlink(path);
    write_file(path, "");
    assert_int_equal(CATCH(file_make_mount_point(path)), -1);
    assert_int_equal(errno, ENOTDIR);
    unlink(path);
}

static void file_join_puts_a_slash_between(void **state)
{
    char path[16];

    assert_int_equal(file_join(path, sizeof(path), "/tmp", "web"), 0);
    assert_string_equal(path, "/tmp/web");
}

static void file_join_refuses_what_does_not_fit(void **state)
{
    char path[9];

    assert_int_equal(file_join(path, sizeof(path), "/tmp", "web"), 0);
    assert_int_equal(CATCH(file_join(path, sizeof(path) - 1, "/tmp", "web")), -1);
    assert_int_equal(errno, ENAMETOOLONG);
    assert_string_equal(caught,
                        "container: the path /tmp.../web: ENAMETOOLONG (File name too long)\n");
}

static void the_scratch_directory_is_chosen_or_tmpdir_or_tmp(void **state)
{
    setenv("TMPDIR", "/var/tmp", 1);
    assert_string_equal(file_scratch("/mnt"), "/mnt");
    assert_string_equal(file_scratch(NULL), "/var/tmp");
    setenv("TMPDIR", "", 1);
    assert_string_equal(file_scratch(NULL), "/tmp");
    unsetenv("TMPDIR");
    assert_string_equal(file_scratch(NULL), "/tmp");
}

static void file_write_changes_a_file_that_exists(void **state)
{
    const char *path = path_in(folder, "file");

    assert_int_equal(CATCH(file_write(path, "64")), -1);
    assert_int_equal(errno, ENOENT);
    assert_string_equal(caught, ""); /* the caller reports: it knows more */
    write_file(path, "");
    assert_int_equal(file_write(path, "64"), 0);
    assert_string_equal(read_file(path), "64");
    unlink(path);
}

static void file_write_keeps_the_reason_of_a_refusal(void **state)
{
    assert_int_equal(file_write("/dev/full", "64"), -1);
    assert_int_equal(errno, ENOSPC);
}

static int write_more_than_fits(void)
{
    const struct rlimit few = {4, RLIM_INFINITY};
    const char *path = path_in(folder, "file");

    write_file(path, "");
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &few);
    return file_write(path, "1234") == 0 && file_write(path, "12345") == -1 && errno == EIO ? 0 : 1;
}

static void file_write_writes_all_or_fails(void **state)
{
    assert_int_equal(in_child(write_more_than_fits), 0);
}

static void file_read_cuts_one_newline_and_what_does_not_fit(void **state)
{
    const char *path = path_in(folder, "file");
    char text[8];

    write_file(path, "1\n2\n");
    assert_int_equal(file_read(path, text, sizeof(text)), 0);
    assert_string_equal(text, "1\n2");
    write_file(path, "0123456789\n");
    assert_int_equal(file_read(path, text, sizeof(text)), 0);
    assert_string_equal(text, "0123456");
    write_file(path, "");
    assert_int_equal(file_read(path, text, sizeof(text)), 0);
    assert_string_equal(text, "");
    unlink(path);
    assert_int_equal(file_read(path, text, sizeof(text)), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(file_read("/", text, sizeof(text)), -1);
    assert_int_equal(errno, EISDIR);
}

static void assert_removed(void)
{
    assert_int_equal(file_remove_tree(tree), 0);
    assert_false(exists(tree));
}

static void what_is_not_there_needs_no_removal(void **state)
{
    assert_removed();
}

static void a_file_a_link_and_an_empty_directory_are_trees(void **state)
{
    write_file(tree, "");
    assert_removed();
    assert_int_equal(symlink("/tmp", tree), 0);
    assert_removed();
    assert_int_equal(mkdir(tree, 0), 0);
    assert_removed();
}

static void a_wide_tree_goes(void **state)
{
    shell("mkdir '%s' && cd '%s' && mkdir -p a/b/c d/e && mkfifo a/fifo && "
          "for i in $(seq 500); do : >$i; set -- \"$@\" a/b/$i/$i; done && mkdir -p \"$@\"",
          tree, tree);
    assert_removed();
}

static void links_that_point_out_lead_nowhere(void **state)
{
    const char *outside = path_in(folder, "outside");

    shell("mkdir -p '%s/a' '%s' && echo precious >'%s/file'", tree, outside, outside);
    shell("ln -s '%s' '%s/a/absolute' && ln -s ../../outside '%s/a/relative'", outside, tree, tree);
    shell("ln -s ../../.. '%s/a/up' && ln -s loop '%s/a/loop'", tree, tree);
    assert_removed();
    assert_string_equal(read_file(path_in(outside, "file")), "precious\n");
    shell("rm -r '%s'", outside);
}

static void make_deep(int levels)
{
    int at = AT_FDCWD;

    assert_int_equal(mkdir(tree, 0700), 0);
    for (int i = 0; i < levels; i++) {
        int next = openat(at, i ? "directory" : tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (at != AT_FDCWD)
            close(at);
        assert_true(next >= 0);
        at = next;
        assert_int_equal(mkdirat(at, "directory", 0700), 0);
        close(openat(at, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }
    close(at);
}

enum { LEVELS = 1000, FEW_DESCRIPTORS = 64, SMALL_STACK = 256 * 1024 };

static void lower(int resource, rlim_t soft)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(resource, &limit), 0);
    limit.rlim_cur = soft;
    assert_int_equal(setrlimit(resource, &limit), 0);
}

static int remove_with_little(void)
{
    lower(RLIMIT_NOFILE, FEW_DESCRIPTORS);
    lower(RLIMIT_STACK, SMALL_STACK);
    return file_remove_tree(tree);
}

/* A path cannot have 1000 names. The descriptors and the stack are not enough for them, too. */
static void a_tree_of_1000_levels_needs_little(void **state)
{
    make_deep(LEVELS);
    assert_int_equal(in_child(remove_with_little), 0);
    assert_false(exists(tree));
}

static void a_name_that_the_removal_uses_itself_is_no_obstacle(void **state)
{
    shell("mkdir '%s' && cd '%s' && mkdir -p a/b/c/d/e .removing-1/x/y/z && : >.removing-0 && "
          ": >.removing-2 && ln -s / .removing-3 && mkdir -p .removing-4/.removing-5/.removing-6/a",
          tree, tree);
    assert_removed();
}

static int remove_closed_directories(void)
{
    if (mkdir(tree, 0700) < 0 || chdir(tree) < 0)
        return 1;
    if (system("mkdir -p a/b/c d && : >a/b/file && : >a/file && chmod 000 a/b/c a/b a d") != 0)
        return 2;
    if (chdir("/") < 0 || chmod(tree, 0700) < 0)
        return 3;
    return file_remove_tree(tree) == 0 && !exists(tree) ? 0 : 4;
}

static void the_owner_removes_directories_of_mode_000(void **state)
{
    chmod(folder, 0777);
    assert_int_equal(as_ordinary_user(remove_closed_directories), 0);
    chmod(folder, 0700);
}

static int remove_what_is_somebody_elses(void)
{
    int result = CATCH(file_remove_tree(tree));
    return result == -1 && errno == EACCES ? !strstr(caught, "EACCES (Permission denied)\n") : 2;
}

static void what_cannot_be_removed_is_reported(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root, for a directory of another user: sudo make test");
    shell("mkdir '%s' && : >'%s/file' && chmod 711 '%s'", tree, tree, folder);
    assert_int_equal(as_ordinary_user(remove_what_is_somebody_elses), 0);
    assert_removed();
}

static void some_entries_can_be_kept(void **state)
{
    static const char *const kept[] = {"upper", ".mark", NULL};

    shell("mkdir '%s' && cd '%s' && mkdir -p upper/a work/upper/b && : >.mark && : >upper/file",
          tree, tree);
    int fd = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(file_empty(fd, tree, kept), 0);
    close(fd);
    shell(
        "cd '%s' && [ \"$(echo $(find . | sort))\" = '. ./.mark ./upper ./upper/a ./upper/file' ]",
        tree);
    assert_removed();
}

static void a_file_has_a_device_and_a_number(void **state)
{
    const struct stat one = {.st_dev = 1, .st_ino = 2, .st_mode = S_IFREG};
    const struct stat same = {.st_dev = 1, .st_ino = 2, .st_mode = S_IFREG | 0644};
    const struct stat on_another_device = {.st_dev = 2, .st_ino = 2, .st_mode = S_IFREG};
    const struct stat beside_it = {.st_dev = 1, .st_ino = 3, .st_mode = S_IFREG};

    assert_true(file_is_same(&one, &same));
    assert_false(file_is_same(&one, &on_another_device));
    assert_false(file_is_same(&one, &beside_it));
}

static void a_folder_has_its_mode_whatever_the_umask_is(void **state)
{
    struct stat status;
    mode_t before = umask(0777);

    int result = file_make_folder(AT_FDCWD, tree, 0751);
    umask(before);
    assert_int_equal(result, 0);
    assert_int_equal(stat(tree, &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0751);
    assert_int_equal(file_make_folder(AT_FDCWD, tree, 0700), -1);
    assert_int_equal(errno, EEXIST);
    assert_removed();
}

static void a_rootfs_is_a_directory_that_can_be_read(void **state)
{
    int fd = file_open_rootfs(folder);

    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
    assert_int_equal(file_check_rootfs(folder), 0);
    assert_int_equal(CATCH(file_check_rootfs("/no/such")), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "container: open the root directory /no/such: ENOENT (No such file or "
                            "directory)\ncontainer: hint: ");
    assert_int_equal(CATCH(file_check_rootfs("/dev/null")), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_contains(caught, "hint: ROOTFS is a folder that holds an image");
}

static int check_a_closed_rootfs(void)
{
    int result = CATCH(file_check_rootfs(folder));
    return result == -1 && errno == EACCES ? strstr(caught, "hint: ROOTFS") != NULL : 2;
}

static void a_rootfs_that_is_closed_to_the_caller_is_refused(void **state)
{
    chmod(folder, 0);
    assert_int_equal(as_ordinary_user(check_a_closed_rootfs), 0);
    chmod(folder, 0700);
}

static void a_file_is_opened_while_others_rename(void **state)
{
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};

    unsure = 9;
    int fd = file_open_within(AT_FDCWD, "/", &how);
    assert_int_not_equal(fd, -1);
    close(fd);
    unsure = 1000000;
    assert_int_equal(file_open_within(AT_FDCWD, "/", &how), -1);
    assert_int_equal(errno, EAGAIN);
    assert_true(unsure > 0);
    unsure = 0;
}

static int count_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* The tree has one folder, "a", with one entry. The error is that of the call, as it was. */
static void assert_not_removed(const char *call, int calls_before, int error, const char *message)
{
    char whole[PATH_MAX + 64];
    int before = count_descriptors();

    refused = call;
    refusal = error;
    calls_left = calls_before;
    int result = CATCH(file_remove_tree(tree));
    refused = NULL;
    assert_int_equal(result, -1);
    assert_int_equal(errno, error);
    snprintf(whole, sizeof(whole), message, tree);
    assert_contains(caught, whole);
    assert_int_equal(count_descriptors(), before);
}

static void each_refused_call_of_a_removal_is_reported(void **state)
{
    shell("mkdir -p '%s/a' && : >'%s/a/file'", tree, tree);
    assert_not_removed("open", 0, EMFILE, "container: remove %s: EMFILE");
    assert_not_removed("fdopendir", 0, ENOMEM, "container: read %s: ENOMEM");
    assert_not_removed("readdir", 0, EIO, "container: read %s: EIO");
    assert_not_removed("fdopendir", 1, ENOMEM, "container: remove %s/a: ENOMEM");
    assert_not_removed("file", 0, EIO, "container: remove %s/a/file: EIO");
    assert_lacks(caught, "hint");
    assert_not_removed("file", 0, EBUSY, "container: remove %s/a/file: EBUSY");
    assert_contains(caught, "hint: something is mounted there");
    /* The first three calls find ".", ".." and "a". */
    assert_not_removed("readdir", 3, EIO, "container: remove %s/a: EIO");
    shell("mkdir -p '%s/a/b/c'", tree);
    assert_not_removed("renameat", 0, EIO, "container: remove %s/a/b: EIO");
    assert_int_equal(file_remove_tree(tree), 0);
}

/* A folder whose end was not seen may still be full. */
static void a_folder_that_cannot_be_read_is_not_taken_for_empty(void **state)
{
    for (int i = 0; i < 8; i++) {
        shell("mkdir -p '%s/a/b' && : >'%s/a/file' && : >'%s/file'", tree, tree, tree);
        refused = "readdir";
        refusal = EIO;
        calls_left = i;
        assert_int_equal(CATCH(file_remove_tree(tree)), -1);
        refused = NULL;
        assert_contains(caught, ": EIO (");
        assert_lacks(caught, "ENOTEMPTY");
    }
    assert_int_equal(file_remove_tree(tree), 0);
}

static void what_cannot_be_looked_at_is_reported(void **state)
{
    shell("mkdir '%s'", tree);
    refused = "lstat";
    refusal = EIO;
    calls_left = 0;
    assert_int_equal(CATCH(file_make_mount_point(tree)), -1);
    assert_int_equal(errno, EIO);
    assert_contains(caught, "container: look at ");
    refused = "fcntl";
    refusal = EIO;
    calls_left = 2;
    assert_int_equal(CATCH(file_open_standard()), -1);
    refused = NULL;
    assert_int_equal(errno, EIO);
    assert_contains(caught, "container: look at descriptor 2: EIO");
    shell("rmdir '%s'", tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_file_is_not_the_device),
        cmocka_unit_test(a_closed_standard_descriptor_becomes_dev_null),
        cmocka_unit_test(a_mount_point_is_made_or_found),
        cmocka_unit_test(a_mount_point_is_no_link_and_no_file),
        cmocka_unit_test(file_join_puts_a_slash_between),
        cmocka_unit_test(file_join_refuses_what_does_not_fit),
        cmocka_unit_test(the_scratch_directory_is_chosen_or_tmpdir_or_tmp),
        cmocka_unit_test(file_write_changes_a_file_that_exists),
        cmocka_unit_test(file_write_writes_all_or_fails),
        cmocka_unit_test(file_write_keeps_the_reason_of_a_refusal),
        cmocka_unit_test(file_read_cuts_one_newline_and_what_does_not_fit),
        cmocka_unit_test(what_is_not_there_needs_no_removal),
        cmocka_unit_test(a_file_a_link_and_an_empty_directory_are_trees),
        /* First: it needs the removal's first names, .removing-0 and so on. */
        cmocka_unit_test(a_name_that_the_removal_uses_itself_is_no_obstacle),
        cmocka_unit_test(a_wide_tree_goes),
        cmocka_unit_test(links_that_point_out_lead_nowhere),
        cmocka_unit_test(a_tree_of_1000_levels_needs_little),
        cmocka_unit_test(the_owner_removes_directories_of_mode_000),
        cmocka_unit_test(each_refused_call_of_a_removal_is_reported),
        cmocka_unit_test(a_folder_that_cannot_be_read_is_not_taken_for_empty),
        cmocka_unit_test(what_cannot_be_looked_at_is_reported),
        cmocka_unit_test(what_cannot_be_removed_is_reported),
        cmocka_unit_test(some_entries_can_be_kept),
        cmocka_unit_test(a_file_has_a_device_and_a_number),
        cmocka_unit_test(a_folder_has_its_mode_whatever_the_umask_is),
        cmocka_unit_test(a_file_is_opened_while_others_rename),
        cmocka_unit_test(a_rootfs_is_a_directory_that_can_be_read),
        cmocka_unit_test(a_rootfs_that_is_closed_to_the_caller_is_refused),
    };
    folder = new_folder();
    snprintf(tree, sizeof(tree), "%s/tree", folder);
    int failed = check_run(tests);
    rmdir(folder);
    return failed;
}
