/* The launcher and its child are processes of this test. */
#include "check.h"
#include "entrance.h"
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ALL = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID
};

static pid_t child;
static unsigned long refused_ioctl; /* this request fails */
static int refusal;                 /* with this error    */
static bool other_kind;             /* the kernel says that each namespace is of another kind */
static const char *refused;         /* this function fails with that error */
static int setns_refused;           /* the number of the call that fails   */
static unsigned stranger;

static bool is_refused(const char *call)
{
    return refused && strcmp(call, refused) == 0;
}

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument)
{
    if (request == refused_ioctl)
        return refuse(refusal);
    if (request == NS_GET_NSTYPE && other_kind)
        return CLONE_NEWCGROUP;
    return __real_ioctl(fd, request, argument);
}

uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void)
{
    return __real_geteuid() + stranger;
}

ssize_t __real_readlinkat(int dir, const char *path, char *target, size_t size);
ssize_t __wrap_readlinkat(int dir, const char *path, char *target, size_t size)
{
    /* Also when it is refused: the text may still be there from a call before. */
    ssize_t length = __real_readlinkat(dir, path, target, size);

    return is_refused("readlinkat") ? refuse(refusal) : length;
}

struct dirent *__real_readdir64(DIR *dir);
struct dirent *__wrap_readdir64(DIR *dir)
{
    if (!is_refused("readdir"))
        return __real_readdir64(dir);
    errno = refusal;
    return NULL;
}

FILE *__real_file_open_stream(int dir, const char *name);
FILE *__wrap_file_open_stream(int dir, const char *name)
{
    if (!is_refused("file_open_stream"))
        return __real_file_open_stream(dir, name);
    errno = refusal;
    return NULL;
}

int __wrap_setns(int fd, int type)
{
    return refuse(--setns_refused == 0 ? refusal : 0);
}

static void start_child(void)
{
    struct clone_args args = {.flags = ALL, .exit_signal = SIGCHLD};

    child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (child < 0)
        check_skip("user namespaces are forbidden here");
    while (child == 0)
        pause();
}

static void end_child(void)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static int open_own_proc(void)
{
    return open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static ino_t inode_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static void what_a_launcher_holds_is_found(void **state)
{
    struct entrance held = {0}, found = {0};

    start_child();
    assert_int_equal(entrance_open(&held, child), 0);
    int proc = open_own_proc();
    assert_int_equal(entrance_find(&found, proc), 0);
    assert_int_equal(found.count, ENTRANCE_COUNT);
    for (int i = 0; i < ENTRANCE_COUNT; i++)
        assert_int_equal(inode_of(found.namespaces[i]), inode_of(held.namespaces[i]));
    entrance_close(&found);
    entrance_close(&held);
    assert_int_equal(held.count, 0);
    assert_int_equal(CATCH(entrance_find(&found, proc)), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "container's namespace user among what its launcher holds: ENOENT");
    close(proc);
    end_child();
}

/* The caller of the launcher left them open: they do not close at exec(2). */
static void what_a_launcher_was_given_is_not_believed(void **state)
{
    struct entrance held = {0}, found = {0};

    start_child();
    assert_int_equal(entrance_open(&held, child), 0);
    for (int i = 0; i < ENTRANCE_COUNT; i++)
        fcntl(held.namespaces[i], F_SETFD, 0);
    int proc = open_own_proc();
    assert_int_equal(CATCH(entrance_find(&found, proc)), -1);
    assert_int_equal(errno, ENOENT);
    close(proc);
    entrance_close(&held);
    end_child();
}

/* One namespace is not that of the child, but this test's. */
static void a_namespace_of_somebody_else_is_refused(void **state)
{
    struct entrance held = {0}, found = {0};

    start_child();
    assert_int_equal(entrance_open(&held, child), 0);
    int own = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
    dup3(own, held.namespaces[2], O_CLOEXEC);
    close(own);
    int proc = open_own_proc();
    assert_int_equal(CATCH(entrance_find(&found, proc)), -1);
    assert_int_equal(errno, EPERM);
    assert_contains(caught, "the namespace uts is not the container's: EPERM");
    entrance_close(&found);
    close(proc);
    entrance_close(&held);
    end_child();
}

static void a_child_that_is_gone_is_reported(void **state)
{
    struct entrance held = {0};

    start_child();
    end_child();
    assert_int_equal(CATCH(entrance_open(&held, child)), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "/ns/user: ENOENT");
    entrance_close(&held);
}

static void assert_not_found(int proc, int error, const char *message)
{
    struct entrance found = {0};

    assert_int_equal(CATCH(entrance_find(&found, proc)), -1);
    assert_int_equal(errno, error);
    assert_contains(caught, message);
    entrance_close(&found);
}

static void assert_not_found_without(const char *call, int proc, int error, const char *message)
{
    refused = call;
    assert_not_found(proc, error, message);
    refused = NULL;
}

static void assert_not_found_by(unsigned long request, int proc, const char *message)
{
    refused_ioctl = request;
    assert_not_found(proc, refusal, message);
    refused_ioctl = 0;
}

/* What the kernel does not confirm is not entered. */
static void what_cannot_be_looked_at_is_not_believed(void **state)
{
    struct entrance held = {0};

    start_child();
    assert_int_equal(entrance_open(&held, child), 0);
    int proc = open_own_proc();
    refusal = EIO;
    assert_not_found_without("readlinkat", proc, ENOENT, "namespace user among what its launcher");
    assert_not_found_without("file_open_stream", proc, ENOENT, "namespace user among what its");
    assert_not_found_without("readdir", proc, EIO, "user among what its launcher holds: EIO");
    assert_not_found_by(NS_GET_OWNER_UID, proc, "ask who made the container's user namespace: EIO");
    assert_not_found_by(NS_GET_USERNS, proc, "the namespace mnt is not the container's: EIO");
    other_kind = true;
    assert_not_found(proc, EINVAL, "container: user is no namespace of its kind: EINVAL");
    other_kind = false;
    close(proc);
    entrance_close(&held);
    end_child();
}

static void the_user_namespace_of_another_user_is_refused(void **state)
{
    struct entrance held = {0};
    char message[64];

    start_child();
    assert_int_equal(entrance_open(&held, child), 0);
    int proc = open_own_proc();
    stranger = 1;
    snprintf(message, sizeof(message), "user %u made the container's user namespace: EPERM",
             __real_geteuid());
    assert_not_found(proc, EPERM, message);
    stranger = 0;
    close(proc);
    entrance_close(&held);
    end_child();
}

static void a_launcher_that_is_gone_is_reported(void **state)
{
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_not_found(folder, ENOENT, "look at the descriptors of the container's launcher: ENOENT");
    close(folder);
}

static void each_namespace_is_entered_or_it_is_an_error(void **state)
{
    static const char *const names[] = {"user", "mnt", "uts", "ipc", "net", "pid"};
    const struct entrance all = {.count = ENTRANCE_COUNT};
    char message[64];

    refusal = EPERM;
    for (int i = 0; i < ENTRANCE_COUNT; i++) {
        setns_refused = i + 1;
        assert_int_equal(CATCH(entrance_enter(&all)), -1);
        assert_int_equal(errno, EPERM);
        snprintf(message, sizeof(message), "setns to the container's namespace %s: EPERM",
                 names[i]);
        assert_contains(caught, message);
    }
    setns_refused = 0;
    assert_int_equal(CATCH(entrance_enter(&all)), 0);
    assert_int_equal(setns_refused, -ENTRANCE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_launcher_holds_is_found),
        cmocka_unit_test(what_a_launcher_was_given_is_not_believed),
        cmocka_unit_test(a_namespace_of_somebody_else_is_refused),
        cmocka_unit_test(a_child_that_is_gone_is_reported),
        cmocka_unit_test(what_cannot_be_looked_at_is_not_believed),
        cmocka_unit_test(the_user_namespace_of_another_user_is_refused),
        cmocka_unit_test(a_launcher_that_is_gone_is_reported),
        cmocka_unit_test(each_namespace_is_entered_or_it_is_an_error),
    };
    return check_run(tests);
}
