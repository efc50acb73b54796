/* The container's process 1 is a child of this test, or a folder that has the files of one. */
#include "check.h"
#include "files.h"
#include "running.h"
#include "status.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;
static int missing_pid; /* the pidfile has this number instead */
static unsigned stranger;
static int poll_error, fstat_error;
static int statuses, status_refused; /* how many were read; the number of the one that fails */
static struct status own, launchers; /* what the kernel tells of both */

int __wrap_pidfile_open(const char *parent, const char *name, pid_t *pid)
{
    *pid = missing_pid ? missing_pid : child;
    if (strcmp(name, "web") != 0)
        return refuse(ENOENT);
    return (int)syscall(SYS_pidfd_open, child, 0);
}

/* The third that is read is the launcher's. */
int __wrap_status_read(int proc, struct status *s)
{
    statuses++;
    *s = statuses == 3 ? launchers : own;
    return refuse(statuses == status_refused ? EIO : 0);
}

uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void)
{
    return __real_geteuid() + stranger;
}

int __real_poll(struct pollfd *entries, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *entries, nfds_t count, int timeout)
{
    return poll_error ? refuse(poll_error) : __real_poll(entries, count, timeout);
}

int __real_fstat64(int fd, struct stat *status);
int __wrap_fstat64(int fd, struct stat *status)
{
    return fstat_error ? refuse(fstat_error) : __real_fstat64(fd, status);
}

static int begin(void **state)
{
    child = fork();
    while (child == 0)
        pause();
    missing_pid = 0;
    stranger = 0;
    poll_error = fstat_error = 0;
    launchers = (struct status){.parent = 1, .filters = 1};
    own = (struct status){
        .parent = getpid(), .no_new_privs = 1, .filters = launchers.filters + SYSCALLS_FILTERS};
    return child < 0;
}

static int end(void **state)
{
    kill(child, SIGKILL);
    return waitpid(child, NULL, 0) < 0 && errno != ECHILD;
}

static int find(struct running *r)
{
    *r = (struct running){.proc = -1, .launchers_proc = -1};
    statuses = 0;
    return CATCH(running_find(r, "/nowhere", "web"));
}

static void close_all(struct running *r)
{
    int error = errno;

    if (r->handle >= 0)
        close(r->handle);
    if (r->proc >= 0)
        close(r->proc);
    if (r->launchers_proc >= 0)
        close(r->launchers_proc);
    errno = error;
}

/* Finds nothing, and says why. */
static void assert_refused(int error, const char *message)
{
    struct running r;

    assert_int_equal(find(&r), -1);
    assert_int_equal(errno, error);
    assert_contains(caught, message);
    close_all(&r);
}

static void process_1_and_its_launcher_are_found(void **state)
{
    struct running r;

    assert_int_equal(find(&r), 0);
    assert_string_equal(caught, "");
    assert_int_equal(r.pid, child);
    assert_int_equal(r.launcher, getpid());
    assert_true(fcntl(r.proc, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(r.launchers_proc, F_GETFD) & FD_CLOEXEC);
    close_all(&r);
    assert_int_equal(CATCH(running_find(&r, "/nowhere", "db")), -1);
    assert_int_equal(errno, ENOENT);
}

/* step03 and step04 have no filters, and a caller may have some of its own. */
static void without_all_guards_it_is_not_entered(void **state)
{
    for (unsigned i = 0; i < SYSCALLS_FILTERS; i++) {
        own.filters = launchers.filters + i;
        assert_refused(EPERM, "does not have the filters of step05: EPERM");
        assert_contains(caught, "build/join web\n");
    }
    own.filters = launchers.filters + SYSCALLS_FILTERS;
    own.no_new_privs = 0;
    assert_refused(EPERM, "does not have the filters of step05: EPERM");
}

static void the_launcher_of_another_user_is_not_believed(void **state)
{
    char message[64];

    snprintf(message, sizeof(message), "process %d, is user %u's: EPERM", getpid(),
             __real_geteuid());
    stranger = 1;
    assert_refused(EPERM, message);
}

/* To a reader in the same PID namespace, process 1 has the parent 0. */
static void a_launcher_out_of_sight_is_an_error(void **state)
{
    own.parent = 0;
    assert_refused(ESRCH, "container: find the launcher of the container: ESRCH");
    own.parent = 0x7ffffff0; /* no kernel gives such a number */
    assert_refused(ENOENT, "container: open /proc/2147483632: ENOENT");
    missing_pid = 0x7ffffff1;
    assert_refused(ENOENT, "container: open /proc/2147483633: ENOENT");
    assert_int_equal(statuses, 0); /* nothing is read of no process */
}

static void what_cannot_be_read_is_an_error(void **state)
{
    for (status_refused = 1; status_refused <= 4; status_refused++)
        assert_refused(status_refused < 4 ? EIO : ESRCH,
                       "read /proc/PID/status of the container's process 1: EIO");
    status_refused = 0;
    fstat_error = EIO;
    assert_refused(EIO, "container: look at process ");
    fstat_error = 0;
    poll_error = ENOMEM;
    assert_refused(ENOMEM, "container: poll process ");
}

static void a_container_that_has_ended_is_noticed(void **state)
{
    struct running r;

    assert_int_equal(find(&r), 0);
    own.parent++; /* its number is another's by now */
    assert_int_equal(CATCH(running_check(&r)), -1);
    assert_int_equal(errno, ESRCH);
    assert_string_equal(caught, "container: the container has ended: ESRCH (No such process)\n");
    own.parent--;
    assert_int_equal(CATCH(running_check(&r)), 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(CATCH(running_check(&r)), -1);
    assert_int_equal(errno, ESRCH);
    close_all(&r);
}

static const char *folder;

static struct running open_files(void)
{
    folder = new_folder();
    return (struct running){.pid = 7, .proc = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
}

static void close_files(struct running *r)
{
    close(r->proc);
    shell("rm -r %s", folder);
}

static void put(const char *name, const char *text)
{
    write_file(path_in(folder, name), text);
}

static void the_ids_of_its_root_are_read(void **state)
{
    struct running r = open_files();
    struct subids ids = {0};

    put("uid_map", "         0       1000          1\n         1     100000      65535\n");
    put("gid_map", "         0       1001          1\n");
    assert_int_equal(running_read_root(&r, &ids), 0);
    assert_int_equal(ids.uids[0].outside, 1000);
    assert_int_equal(ids.gids[0].outside, 1001);
    close_files(&r);
}

static void a_map_without_a_root_is_an_error(void **state)
{
    static const char *const maps[] = {"", "1 1000 1\n", "0\n", "zero\n"};
    struct running r = open_files();
    struct subids ids;

    for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
        put("uid_map", maps[i]);
        put("gid_map", "0 1000 1\n");
        assert_int_equal(CATCH(running_read_root(&r, &ids)), -1);
        assert_int_equal(errno, EINVAL);
        assert_contains(caught, "container: read uid_map of process 7: EINVAL");
        put("uid_map", "0 1000 1\n");
        put("gid_map", maps[i]);
        assert_int_equal(CATCH(running_read_root(&r, &ids)), -1);
        assert_contains(caught, "container: read gid_map of process 7: EINVAL");
    }
    shell("rm %s/gid_map", folder);
    assert_int_equal(CATCH(running_read_root(&r, &ids)), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "container: read /proc/PID/gid_map of the container's process 1");
    close_files(&r);
}

static void its_rights_are_those_of_process_1(void **state)
{
    struct running r = open_files();
    struct rights rights = {0};

    statuses = 0;
    own = (struct status){.uid = 33, .bounding = 0x5fb};
    put("setgroups", "deny\n");
    assert_int_equal(running_read_rights(&r, &rights), 0);
    assert_true(rights.user.chosen && rights.user.group_chosen);
    assert_int_equal(rights.user.uid, 33);
    assert_int_equal(rights.user.gid, 0);
    assert_int_equal(rights.capabilities.added, 0x5fb);
    assert_true(rights.capabilities.dropped == UINT64_MAX);
    assert_false(rights.ids.privileged);
    statuses = 0;
    own = (struct status){.gid = 0};
    put("setgroups", "allow\n");
    assert_int_equal(running_read_rights(&r, &rights), 0);
    assert_false(rights.user.chosen);
    assert_int_equal(rights.capabilities.added, 0);
    assert_true(rights.ids.privileged);
    close_files(&r);
}

static void rights_that_cannot_be_read_are_an_error(void **state)
{
    struct running r = open_files();
    struct rights rights;

    statuses = 0;
    assert_int_equal(CATCH(running_read_rights(&r, &rights)), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "container: read /proc/PID/setgroups of the container's process 1");
    put("setgroups", "allow\n");
    statuses = 0;
    status_refused = 1;
    assert_int_equal(CATCH(running_read_rights(&r, &rights)), -1);
    assert_int_equal(errno, EIO);
    assert_contains(caught, "container: read /proc/PID/status of the container's process 1");
    status_refused = 0;
    close_files(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(process_1_and_its_launcher_are_found, begin, end),
        cmocka_unit_test_setup_teardown(without_all_guards_it_is_not_entered, begin, end),
        cmocka_unit_test_setup_teardown(the_launcher_of_another_user_is_not_believed, begin, end),
        cmocka_unit_test_setup_teardown(a_launcher_out_of_sight_is_an_error, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_error, begin, end),
        cmocka_unit_test_setup_teardown(a_container_that_has_ended_is_noticed, begin, end),
        cmocka_unit_test(the_ids_of_its_root_are_read),
        cmocka_unit_test(a_map_without_a_root_is_an_error),
        cmocka_unit_test(its_rights_are_those_of_process_1),
        cmocka_unit_test(rights_that_cannot_be_read_are_an_error),
    };
    return check_run(tests);
}
