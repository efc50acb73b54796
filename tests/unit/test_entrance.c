/* The launcher and its child are processes of this test. */
#include "check.h"
#include "entrance.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ALL = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID
};

static pid_t child;

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_launcher_holds_is_found),
        cmocka_unit_test(what_a_launcher_was_given_is_not_believed),
        cmocka_unit_test(a_namespace_of_somebody_else_is_refused),
        cmocka_unit_test(a_child_that_is_gone_is_reported),
    };
    return check_run(tests);
}
