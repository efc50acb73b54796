/* The program that becomes a copy of itself is this one; the copy looks at what it is. */
#include "check.h"
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

static const char *refused;
static int refusal;

static bool is_refused(const char *call)
{
    return refused && strcmp(call, refused) == 0;
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

int __real_open64(const char *path, int flags, mode_t mode);
int __wrap_open64(const char *path, int flags, mode_t mode)
{
    return is_refused("open") ? refuse(refusal) : __real_open64(path, flags, mode);
}

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

/* In the copy. */
static int look_at_myself(void)
{
    char path[64] = "", *const words[] = {"test", "sealed", NULL};
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    if (runtime_seal((char **)words) < 0) /* would start for ever if it did not know itself */
        return 1;
    if (fcntl(self, F_GET_SEALS) != SEALS)
        return 2;
    if (open("/proc/self/exe", O_WRONLY | O_CLOEXEC) >= 0 ||
        open("/proc/self/exe", O_RDWR | O_CLOEXEC) >= 0)
        return 3;
    if (ftruncate(self, 0) == 0 || write(self, "x", 1) >= 0 ||
        mmap(NULL, 1, PROT_WRITE, MAP_SHARED, self, 0) != MAP_FAILED)
        return 4;
    if (fcntl(self, F_ADD_SEALS, 0) == 0)
        return 5;
    return readlink("/proc/self/exe", path, sizeof(path) - 1) > 0 &&
                   strcmp(path, "/memfd:step05 (deleted)") == 0 && getenv("RUNTIME_TEST")
               ? 42
               : 6;
}

static int become_a_copy(void)
{
    setenv("RUNTIME_TEST", "kept", 1);
    runtime_seal((char *[]){"test", "sealed", NULL});
    return 7;
}

static void the_copy_is_sealed_and_knows_it(void **state)
{
    (void)state;
    assert_int_equal(in_child(become_a_copy), 42);
}

static void a_copy_in_pieces_or_on_an_old_kernel_works_too(void **state)
{
    (void)state;
    refused = "half";
    assert_int_equal(in_child(become_a_copy), 42);
    refused = "MFD_EXEC";
    refusal = EINVAL;
    assert_int_equal(in_child(become_a_copy), 42);
    refused = NULL;
}

static void assert_refused(const char *call, int error, const char *message)
{
    refused = call;
    refusal = error;
    assert_int_equal(CATCH(in_child(become_a_copy)), 7);
    refused = NULL;
    assert_string_equal(caught, message);
}

static void each_refusal_is_reported(void **state)
{
    (void)state;
    assert_refused("open", EACCES, "container: open /proc/self/exe: EACCES (Permission denied)\n");
    assert_refused("step05", EMFILE, "container: memfd_create: EMFILE (Too many open files)\n");
    assert_refused("sendfile", EIO,
                   "container: copy this program to memory: EIO (Input/output error)\n");
    assert_refused("seal", EPERM,
                   "container: seal the copy of this program: EPERM (Operation not permitted)\n");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_copy_is_sealed_and_knows_it),
        cmocka_unit_test(a_copy_in_pieces_or_on_an_old_kernel_works_too),
        cmocka_unit_test(each_refusal_is_reported),
    };
    if (argc > 1 && strcmp(argv[1], "sealed") == 0)
        return look_at_myself();
    return check_run(tests);
}
