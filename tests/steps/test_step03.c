/* step03: the command sees only its own processes, mounts, network and users. */
#include "harness.h"

#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <unistd.h>

/* A command that goes on until finish() closes its stdin. */
#define WAIT "sh", "-c", "echo ready; read line"

static struct program *start_waiting(void)
{
    struct program *container = start("step03", "--name", container_name(), fixture.image, WAIT);

    hear(container, "ready\n");
    return container;
}

/* The file NAME in /proc/PID, as the host sees it, where PID is the container's process 1. */
static const char *seen_by_host(struct program *container, const char *name)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", child_of(container->pid), name);
    return read_file(path);
}

static void step03_leaves_the_image_as_it_was(void **state)
{
    static const char script[] =
        "echo new >/file; rm -r /var /etc/passwd; mkdir /var; mv /home /moved; "
        "chmod 700 /bin; touch /bin/busybox; ls -d /file /moved";
    unsigned long long before = hash_of(fixture.image);

    assert_int_equal(run("step03", fixture.image, "sh", "-c", script), 0);
    assert_string_equal(out, "/file\n/moved\n");
    assert_true(hash_of(fixture.image) == before);
}

static void step03_sees_process_1_and_nothing_else(void **state)
{
    assert_int_equal(run("step03", fixture.image, "sh", "-c", "echo $$ /proc/[0-9]*"), 0);
    assert_string_equal(out, "1 /proc/1\n");
}

static void step03_kills_no_process_of_the_host(void **state)
{
    struct program *bystander = start("sleep", "1000");
    char command[64];

    snprintf(command, sizeof(command), "kill %d || kill -9 -1", bystander->pid);
    run("step03", fixture.image, "sh", "-c", command);
    assert_contains(err, "No such process");
    assert_true(runs(bystander));
    stop(bystander);
}

static void the_host_sees_step03s_process_under_its_own_pid(void **state)
{
    struct program *container = start_waiting();
    char expected[64];

    snprintf(expected, sizeof(expected), "NSpid:\t%d\t1\n", child_of(container->pid));
    assert_contains(seen_by_host(container, "status"), expected);
    finish(container);
}

static void step03_takes_its_processes_along(void **state)
{
    assert_int_equal(run("step03", fixture.image, "sh", "-c",
                         ": >/dev/null; /bin/sleep 1000 & (/bin/sleep 1000 &); exit 5"),
                     5);
}

static void step03_has_a_host_name_of_its_own(void **state)
{
    char before[256], after[256];

    gethostname(before, sizeof(before));
    assert_int_equal(run("step03", "--name", container_name(), fixture.image, "hostname"), 0);
    assert_contains(out, container_name());
    assert_int_equal(run("step03", "--hostname", "other", fixture.image, "hostname"), 0);
    assert_string_equal(out, "other\n");
    assert_int_equal(run("step03", fixture.image, "sh", "-c", "hostname changed; hostname"), 0);
    assert_string_equal(out, "changed\n");
    gethostname(after, sizeof(after));
    assert_string_equal(after, before);
}

/* sudo and gethostbyname(3) ask for the address of their own host name. */
static void step03_finds_its_own_host_name(void **state)
{
    unsigned long long before = hash_of(fixture.image);

    assert_int_equal(run("step03", "--hostname", "box", fixture.image, "sh", "-c",
                         "hostname -i; cat /etc/hostname; tail -n 1 /etc/hosts"),
                     0);
    assert_string_equal(out, "127.0.0.1\nbox\n127.0.0.1 box\n");
    assert_string_equal(err, "");
    assert_true(hash_of(fixture.image) == before);
}

static void step03_has_a_network_with_only_lo_and_lo_is_up(void **state)
{
    assert_int_equal(run("step03", fixture.image, "sh", "-c", "cut -d : -f 1 -s /proc/net/dev"), 0);
    assert_string_equal(out, "    lo\n");
    assert_int_equal(run("step03", fixture.image, "ip", "link", "show", "lo"), 0);
    assert_contains(out, "<LOOPBACK,UP,LOWER_UP>");
    assert_int_equal(run("step03", fixture.image, "ping", "-c", "1", "127.0.0.1"), 0);
}

static void step03_does_not_see_the_hosts_shared_memory(void **state)
{
    key_t key = 0x7e570000 + getpid();
    int segment = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0666);
    char id[32];

    assert_true(segment >= 0);
    snprintf(id, sizeof(id), "%d", key);
    int inside = run("step03", fixture.image, "cat", "/proc/sysvipc/shm");
    int outside = strstr(read_file("/proc/sysvipc/shm"), id) != NULL;
    shmctl(segment, IPC_RMID, NULL);
    assert_int_equal(inside, 0);
    assert_lacks(out, id);
    assert_true(outside);
}

static void step03_does_not_see_the_hosts_message_queues(void **state)
{
    mqd_t queue = mq_open("/container-test", O_CREAT | O_RDWR, 0666, NULL);
    assert_true(queue != (mqd_t)-1);
    int status =
        run("step03", fixture.image, "sh", "-c", "mount -t mqueue none /tmp && ls -a /tmp");
    mq_close(queue);
    mq_unlink("/container-test");
    assert_int_equal(status, 0);
    assert_string_equal(out, ".\n..\n");
}

static void step03_mounts_where_the_host_does_not_see_it(void **state)
{
    struct program *container = start("step03", fixture.image, "sh", "-c",
                                      "mount -t tmpfs inside /tmp; echo ready; read line");

    hear(container, "ready\n");
    assert_lacks(read_file("/proc/self/mountinfo"), fixture.scratch);
    assert_lacks(read_file("/proc/self/mountinfo"), " inside ");
    assert_contains(seen_by_host(container, "mountinfo"), " - overlay overlay ");
    finish(container);
}

/*
 * udev or a user might mount something while the container runs. The container's own mountinfo
 * would not show what is outside of its root. A process that has left the chroot would see it.
 */
static void step03_does_not_see_what_the_host_mounts_later(void **state)
{
    char script[PATH_MAX];

    if (geteuid() != 0)
        check_skip("needs root, to mount: sudo make test");
    copy_probe("probe_escape");
    shell("mkdir '%s/later'", fixture.dir);
    snprintf(script, sizeof(script), "echo ready; read line; /probe_escape %s; echo $?",
             in_fixture("later/file"));
    struct program *container = start("step03", fixture.image, "sh", "-c", script);
    hear(container, "ready\n");
    shell("mount -t tmpfs later '%s/later' && echo seen >'%s/later/file'", fixture.dir,
          fixture.dir);
    assert_int_equal(finish(container), 0);
    assert_string_equal(out, "4\n"); /* no such file */
    shell("umount '%s/later'", fixture.dir);
}

static void step03_is_root_inside_and_the_caller_outside(void **state)
{
    struct program *container = start_waiting();
    unsigned uid = fixture.as_user ? ordinary_uid() : 0, gid = fixture.as_user ? ordinary_gid() : 0;
    char expected[128];

    snprintf(expected, sizeof(expected), "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", uid, uid,
             uid, uid, gid, gid, gid, gid);
    assert_contains(seen_by_host(container, "status"), expected);
    finish(container);
    assert_int_equal(run("step03", fixture.image, "sh", "-c", "id -u; id -g; cat /etc/shadow"), 1);
    assert_contains(out, "0\n0\n");
}

static void step03_maps_one_id_for_a_user_and_all_for_root(void **state)
{
    struct program *container = start_waiting();
    char map[128];
    unsigned inside, outside, count;

    strncpy(map, seen_by_host(container, "uid_map"), sizeof(map) - 1);
    assert_int_equal(sscanf(map, "%u %u %u", &inside, &outside, &count), 3);
    assert_int_equal(inside, 0);
    assert_int_equal(outside, fixture.as_user ? ordinary_uid() : 0);
    assert_true(fixture.as_user ? count == 1 : count > 1);
    assert_string_equal(seen_by_host(container, "setgroups"),
                        fixture.as_user ? "deny\n" : "allow\n");
    finish(container);
}

static void step03_gives_a_user_no_right_outside(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root, for a file of root's: sudo make test");
    shell("echo secret >'%s/secret' && chown 0:0 '%s/secret' && chmod 600 '%s/secret'",
          fixture.image, fixture.image, fixture.image);
    assert_int_equal(run("step03", fixture.image, "sh", "-c", "id -u; cat /secret"), 1);
    assert_string_equal(out, "0\n");
    assert_contains(err, "Permission denied");
}

static void step03_makes_six_namespaces_and_shares_the_rest(void **state)
{
    static const char *const own[] = {"user", "mnt", "uts", "ipc", "net", "pid"};
    struct program *container = start_waiting();
    char ours[64], theirs[64], path[64];

    for (size_t i = 0; i < 6; i++) {
        memset(ours, 0, sizeof(ours));
        memset(theirs, 0, sizeof(theirs));
        snprintf(path, sizeof(path), "/proc/self/ns/%s", own[i]);
        assert_true(readlink(path, ours, sizeof(ours) - 1) > 0);
        snprintf(path, sizeof(path), "/proc/%d/ns/%s", child_of(container->pid), own[i]);
        assert_true(readlink(path, theirs, sizeof(theirs) - 1) > 0);
        assert_string_not_equal(ours, theirs);
    }
    finish(container);
}

static void put(const char *path, const char *format, unsigned id)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || dprintf(fd, format, id, id) < 0) {
        perror(path);
        _exit(99);
    }
    close(fd);
}

/* This is in a user namespace of the test's own, so that the machine's setting does not change. */
static void forbid_user_namespaces(void)
{
    if (fixture.as_user)
        become_ordinary_user();
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER) < 0)
        _exit(99);
    put("/proc/self/setgroups", "deny", 0);
    put("/proc/self/uid_map", "%u %u 1", uid);
    put("/proc/self/gid_map", "%u %u 1", gid);
    put("/proc/sys/user/max_user_namespaces", "0", 0);
}

static void forbidden_user_namespaces_are_explained(void **state)
{
    fixture.prepare = forbid_user_namespaces;
    assert_int_equal(run("step03", fixture.image, "true"), 125);
    assert_contains(err, "step03: clone3 with new namespaces: ENOSPC (No space left on device)\n");
    assert_contains(err, "step03: hint: new namespaces are forbidden here: sudo sysctl -w "
                         "user.max_user_namespaces=10000\n");
    assert_string_equal(out, "");
}

/* With the limit, a change of user lets the next exec fail. So it is set after that. */
static void allow_no_process(void)
{
    become_ordinary_user();
    setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0});
}

static void a_limit_of_processes_is_explained(void **state)
{
    fixture.prepare = allow_no_process;
    assert_int_equal(run("step03", fixture.image, "true"), 125);
    assert_contains(
        err, "step03: clone3 with new namespaces: EAGAIN (Resource temporarily "
             "unavailable)\n"
             "step03: hint: no more processes may be started: by this user, see `ulimit -u`");
}

static void hole_step03_has_no_limits(void **state)
{
    struct program *container = start_waiting();
    char ours[4096];

    snprintf(ours, sizeof(ours), "%s", read_file("/proc/self/cgroup"));
    assert_string_equal(seen_by_host(container, "cgroup"), ours);
    finish(container);
}

static void hole_step03_is_left_by_a_second_chroot(void **state)
{
    write_file(in_fixture("secret"), "of the host\n");
    copy_probe("probe_escape");
    assert_int_equal(run("step03", fixture.image, "/probe_escape", in_fixture("secret")), 0);
    assert_string_equal(out, "of the host\n");
}

#define BOTH(test) AS_ROOT(test), AS_USER(test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(step03_leaves_the_image_as_it_was),
        BOTH(step03_sees_process_1_and_nothing_else),
        BOTH(step03_kills_no_process_of_the_host),
        BOTH(the_host_sees_step03s_process_under_its_own_pid),
        BOTH(step03_takes_its_processes_along),
        BOTH(step03_has_a_host_name_of_its_own),
        BOTH(step03_finds_its_own_host_name),
        BOTH(step03_has_a_network_with_only_lo_and_lo_is_up),
        BOTH(step03_does_not_see_the_hosts_shared_memory),
        BOTH(step03_does_not_see_the_hosts_message_queues),
        BOTH(step03_mounts_where_the_host_does_not_see_it),
        BOTH(step03_does_not_see_what_the_host_mounts_later),
        BOTH(step03_is_root_inside_and_the_caller_outside),
        BOTH(step03_maps_one_id_for_a_user_and_all_for_root),
        AS_USER(step03_gives_a_user_no_right_outside),
        BOTH(step03_makes_six_namespaces_and_shares_the_rest),
        AS_ROOT(forbidden_user_namespaces_are_explained),
        AS_USER(forbidden_user_namespaces_are_explained),
        AS_USER(a_limit_of_processes_is_explained),
        BOTH(hole_step03_has_no_limits),
        BOTH(hole_step03_is_left_by_a_second_chroot),
    };
    return check_run(tests);
}
