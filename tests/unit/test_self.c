/* This program starts itself again. The new one looks at what it is. */
#include "check.h"
#include "self.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *refused = "nothing";
static int refusal;
static bool no_mount; /* mounting is refused, also to the child */

static bool is_refused(const char *call)
{
    return strcmp(call, refused) == 0;
}

long __real_syscall(long number, long a, const char *path, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, const char *path, long c, long d, long e, long f)
{
    bool by_itself = number == SYS_open_tree && strcmp(path, "/proc/self/exe") == 0;

    if (number == SYS_open_tree && no_mount)
        return refuse(EPERM);
    if ((by_itself && (is_refused("root") || is_refused("clone") || is_refused("name"))) ||
        (number == SYS_clone3 && is_refused("clone")) ||
        (number == SYS_mount_setattr && is_refused("restriction")))
        return refuse(refusal);
    return __real_syscall(number, a, path, c, d, e, f);
}

ssize_t __real_readlink(const char *path, char *target, size_t size);
ssize_t __wrap_readlink(const char *path, char *target, size_t size)
{
    if (is_refused("name") && size > 2) /* as if by now another file were there */
        return snprintf(target, size, "/bin/sh");
    return __real_readlink(path, target, size);
}

int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags)
{
    /* An old kernel knows no MFD_EXEC. */
    if (is_refused("MFD_EXEC") && flags & 0x10)
        return refuse(refusal);
    return is_refused(name) ? refuse(refusal) : __real_memfd_create(name, flags);
}

ssize_t __real_sendfile64(int to, int from, off_t *offset, size_t size);
ssize_t __wrap_sendfile64(int to, int from, off_t *offset, size_t size)
{
    if (is_refused("half"))
        size = size / 2 + 1;
    return is_refused("sendfile") ? refuse(refusal) : __real_sendfile64(to, from, offset, size);
}

int __real_fcntl64(int fd, int command, long argument);
int __wrap_fcntl64(int fd, int command, long argument)
{
    return is_refused("seal") && command == F_ADD_SEALS ? refuse(refusal)
                                                        : __real_fcntl64(fd, command, argument);
}

int __real_fexecve(int fd, char *const argv[], char *const envp[]);
int __wrap_fexecve(int fd, char *const argv[], char *const envp[])
{
    return is_refused("fexecve") ? refuse(refusal) : __real_fexecve(fd, argv, envp);
}

int __real_open64(const char *path, int flags, mode_t mode);
int __wrap_open64(const char *path, int flags, mode_t mode)
{
    return is_refused("open") ? refuse(refusal) : __real_open64(path, flags, mode);
}

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };
enum { A_COPY = 42, A_MOUNT = 43 };

static bool can_be_changed(int self)
{
    return open("/proc/self/exe", O_WRONLY | O_CLOEXEC) >= 0 ||
           open("/proc/self/exe", O_RDWR | O_CLOEXEC) >= 0 || ftruncate(self, 0) == 0 ||
           write(self, "x", 1) >= 0 || mmap(NULL, 1, PROT_WRITE, MAP_SHARED, self, 0) != MAP_FAILED;
}

/* Runs in the program that was started. */
static int look_at_myself(void)
{
    char path[64] = "", *const words[] = {"test", "sealed", NULL};
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    if (self_seal((char **)words) < 0) /* without an end, if it did not know itself */
        return 1;
    if (can_be_changed(self))
        return 2;
    if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0 || !getenv("RUNTIME_TEST"))
        return 3;
    if (strcmp(path, "/") == 0) /* a mount that is in no tree */
        return fchmod(self, 0755) < 0 && errno == EROFS ? A_MOUNT : 4;
    if (strcmp(path, "/memfd:step05 (deleted)") != 0)
        return 5;
    return fcntl(self, F_GET_SEALS) == SEALS && fcntl(self, F_ADD_SEALS, 0) < 0 ? A_COPY : 6;
}

static int start_again(void)
{
    setenv("RUNTIME_TEST", "kept", 1);
    self_seal((char *[]){"test", "sealed", NULL});
    return 7;
}

static int started_without(const char *what, int error)
{
    refused = what;
    refusal = error;
    int result = in_child(start_again);
    refused = "nothing";
    return result;
}

/* It also tries to mount in them: AppArmor may take away that right. */
static int make_namespaces(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0;
}

/* Root in a user namespace may not enter a closed home of another user. */
static int find_myself_by_name(void)
{
    char path[PATH_MAX] = "";

    if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0 || make_namespaces() != 0)
        return 2;
    return open(path, O_RDONLY | O_CLOEXEC) < 0;
}

static void it_starts_from_a_mount_that_is_read_only(void **state)
{
    if (in_child(make_namespaces) != 0)
        check_skip("user namespaces are forbidden here");
    assert_int_equal(started_without("nothing", 0), A_MOUNT);
    assert_int_equal(started_without("root", EPERM),
                     in_child(find_myself_by_name) == 0 ? A_MOUNT : A_COPY);
}

static void without_a_mount_it_starts_from_a_copy_that_is_sealed(void **state)
{
    assert_int_equal(started_without("restriction", ENOSYS), A_COPY);
    assert_int_equal(started_without("clone", EPERM), A_COPY);
    assert_int_equal(started_without("name", EPERM), A_COPY);
}

static void a_copy_in_pieces_or_on_an_old_kernel_works_too(void **state)
{
    no_mount = true;
    assert_int_equal(started_without("half", 0), A_COPY);
    assert_int_equal(started_without("MFD_EXEC", EINVAL), A_COPY);
    no_mount = false;
}

static void assert_refused(const char *call, int error, const char *message)
{
    no_mount = true;
    assert_int_equal(CATCH(started_without(call, error)), 7);
    no_mount = false;
    assert_string_equal(caught, message);
}

static void each_refusal_is_reported(void **state)
{
    assert_refused("open", EIO, "container: open /proc/self/exe: EIO (Input/output error)\n");
    assert_refused("open", EACCES,
                   "container: open /proc/self/exe: EACCES (Permission denied)\n"
                   "container: hint: this program reads its own file, so whoever runs it must be "
                   "able to: chmod a+r FILE\n");
    assert_refused("step05", EMFILE, "container: memfd_create: EMFILE (Too many open files)\n");
    assert_refused("sendfile", EIO,
                   "container: copy this program to memory: EIO (Input/output error)\n");
    assert_refused("seal", EPERM,
                   "container: seal the copy of this program: EPERM (Operation not permitted)\n");
    assert_refused("fexecve", EACCES,
                   "container: start this program again: EACCES (Permission denied)\n"
                   "container: hint: the setting vm.memfd_noexec forbids it: "
                   "sudo sysctl -w vm.memfd_noexec=1\n");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_from_a_mount_that_is_read_only),
        cmocka_unit_test(without_a_mount_it_starts_from_a_copy_that_is_sealed),
        cmocka_unit_test(a_copy_in_pieces_or_on_an_old_kernel_works_too),
        cmocka_unit_test(each_refusal_is_reported),
    };
    if (argc > 1 && strcmp(argv[1], "sealed") == 0)
        return look_at_myself();
    return check_run(tests);
}
