/* step01: another root directory for the command, and all that this leaves open. */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void step01_hides_the_hosts_files(void **state)
{
    write_file(in_fixture("secret"), "of the host\n");
    assert_int_equal(run("step01", fixture.image, "cat", in_fixture("secret")), 1);
    assert_int_equal(run("step01", fixture.image, "sh", "-c", "cd ../../..; pwd; ls"), 0);
    assert_contains(out, "/\nbin\n");
}

static void step01_leads_absolute_links_inside(void **state)
{
    write_file(in_fixture("secret"), "of the host\n");
    assert_int_equal(symlink(in_fixture("secret"), path_in(fixture.image, "link")), 0);
    assert_int_equal(run("step01", fixture.image, "cat", "/link"), 1);
    assert_lacks(out, "of the host");
}

static void hole_step01_writes_into_the_image(void **state)
{
    unsigned long long before = hash_of(fixture.image);

    assert_int_equal(run("step01", fixture.image, "sh", "-c", "echo leaked >/file; rm /etc/passwd"),
                     0);
    assert_string_equal(read_file(path_in(fixture.image, "file")), "leaked\n");
    assert_false(exists(path_in(fixture.image, "etc/passwd")));
    assert_true(hash_of(fixture.image) != before);
}

static void hole_step01_is_left_by_a_second_chroot(void **state)
{
    write_file(in_fixture("secret"), "of the host\n");
    copy_probe("probe_escape");
    assert_int_equal(run("step01", fixture.image, "/probe_escape", in_fixture("secret")), 0);
    assert_string_equal(out, "of the host\n");
}

static void hole_step01_reaches_the_hosts_processes(void **state)
{
    struct program *victim = start("sleep", "1000");
    char command[64];

    snprintf(command, sizeof(command), "kill %d", victim->pid);
    assert_int_equal(run("step01", fixture.image, "sh", "-c", command), 0);
    assert_int_equal(finish(victim), 128 + SIGTERM);
}

static void hole_step01_leaves_processes_behind(void **state)
{
    assert_int_equal(
        run("step01", fixture.image, "sh", "-c", ": >/dev/null; /bin/sleep 1000 & exit 0"), 0);
    wait_for_descendant(getpid(), "sleep");
    kill_children();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_ROOT(step01_hides_the_hosts_files),
        AS_ROOT(step01_leads_absolute_links_inside),
        AS_ROOT(hole_step01_writes_into_the_image),
        AS_ROOT(hole_step01_is_left_by_a_second_chroot),
        AS_ROOT(hole_step01_reaches_the_hosts_processes),
        AS_ROOT(hole_step01_leaves_processes_behind),
    };
    return check_run(tests);
}
