/* step02: the image stays as it was, and the command has a /proc, in which it sees the host. */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void step02_leaves_the_image_as_it_was(void **state)
{
    static const char script[] =
        "echo new >/file; echo more >>/etc/group; rm /etc/passwd; mv /home /moved; "
        "chmod 700 /bin; chown 5 /tmp; rm -r /var; mkdir /var; touch /bin/busybox; "
        "cat /file; ls -d /moved; [ ! -e /etc/passwd ]";
    unsigned long long before = hash_of(fixture.image);

    assert_int_equal(run("step02", fixture.image, "sh", "-c", script), 0);
    assert_string_equal(out, "new\n/moved\n"); /* it has changed inside */
    assert_true(hash_of(fixture.image) == before);
}

static void step02_begins_each_time_anew(void **state)
{
    assert_int_equal(run("step02", fixture.image, "sh", "-c", "echo new >/file"), 0);
    assert_int_equal(run("step02", fixture.image, "ls", "/file"), 1);
}

static void step02_does_not_show_one_container_to_another(void **state)
{
    struct program *first =
        start("step02", fixture.image, "sh", "-c", "echo first >/file; echo ready; read line");

    hear(first, "ready\n");
    assert_int_equal(run("step02", fixture.image, "ls", "/file"), 1);
    assert_false(exists(path_in(fixture.image, "file")));
    finish(first);
}

static void step02_has_a_proc(void **state)
{
    assert_int_equal(run("step02", fixture.image, "grep", " /proc ", "/proc/self/mountinfo"), 0);
    assert_contains(out, " / /proc rw,nosuid,nodev,noexec");
    assert_contains(out, " - proc proc ");
}

static void step02_unmounts_though_a_process_is_left_inside(void **state)
{
    assert_int_equal(
        run("step02", fixture.image, "sh", "-c", "cd /tmp; : >/dev/null; /bin/sleep 1000 & exit 0"),
        0);
    assert_lacks(err, "umount");
    wait_for_descendant(getpid(), "sleep");
    kill_children();
}

static void step02_unmounts_what_the_command_has_mounted(void **state)
{
    assert_int_equal(run("step02", fixture.image, "sh", "-c",
                         "mount -t tmpfs none /tmp && mkdir /tmp/a && mount -t tmpfs none /tmp/a"),
                     0);
}

static void hole_step02_sees_the_hosts_processes_and_kills_them(void **state)
{
    struct program *victim = start("sleep", "4711");
    char command[64];

    assert_int_equal(run("step02", fixture.image, "ps"), 0);
    assert_contains(out, "sleep 4711\n");
    snprintf(command, sizeof(command), "kill %d", victim->pid);
    assert_int_equal(run("step02", fixture.image, "sh", "-c", command), 0);
    assert_int_equal(finish(victim), 128 + SIGTERM);
}

static void hole_step02_has_the_hosts_name_and_network(void **state)
{
    shell("{ uname -n; cut -d : -f 1 -s /proc/net/dev; } >'%s'", in_fixture("host"));
    assert_int_equal(
        run("step02", fixture.image, "sh", "-c", "uname -n; cut -d : -f 1 -s /proc/net/dev"), 0);
    assert_string_equal(out, read_file(in_fixture("host")));
}

static void hole_step02_mounts_where_the_host_sees_it(void **state)
{
    struct program *container = start("step02", "--name", container_name(), fixture.image, "sh",
                                      "-c", "echo ready; read line");

    hear(container, "ready\n");
    assert_contains(read_file("/proc/self/mountinfo"),
                    path_in(path_in(fixture.scratch, container_name()), "merged/proc"));
    finish(container);
    assert_lacks(read_file("/proc/self/mountinfo"), fixture.scratch);
}

static void hole_step02_is_left_by_a_second_chroot(void **state)
{
    write_file(in_fixture("secret"), "of the host\n");
    copy_probe("probe_escape");
    assert_int_equal(run("step02", fixture.image, "/probe_escape", in_fixture("secret")), 0);
    assert_string_equal(out, "of the host\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_ROOT(step02_leaves_the_image_as_it_was),
        AS_ROOT(step02_begins_each_time_anew),
        AS_ROOT(step02_does_not_show_one_container_to_another),
        AS_ROOT(step02_has_a_proc),
        AS_ROOT(step02_unmounts_though_a_process_is_left_inside),
        AS_ROOT(step02_unmounts_what_the_command_has_mounted),
        AS_ROOT(hole_step02_sees_the_hosts_processes_and_kills_them),
        AS_ROOT(hole_step02_has_the_hosts_name_and_network),
        AS_ROOT(hole_step02_mounts_where_the_host_sees_it),
        AS_ROOT(hole_step02_is_left_by_a_second_chroot),
    };
    return check_run(tests);
}
