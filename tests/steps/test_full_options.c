/* What the user may choose of a container in step05: its user, rights, variables, folders, size. */
#include "full.h"

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char show_rights[] = "id -u; id -g; id -G; grep -E '^Cap(Prm|Eff)' /proc/self/status";
static const char none[] = "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n";

static void a_user_has_no_capabilities_and_no_other_group(void **state)
{
    char wanted[256];

    snprintf(wanted, sizeof(wanted), "1000\n1000\n1000\n%s", none);
    assert_prints(wanted, "step05", "--user", "1000:1000", SHELL(show_rights));
    snprintf(wanted, sizeof(wanted), "7\n7\n7\n%s", none);
    assert_prints(wanted, "step05", "--user", "7", SHELL(show_rights));
    assert_int_equal(run("step05", "--user", "1000", SHELL("echo x >/etc/x")), 1);
    assert_contains(err, "Permission denied");
}

#ifdef __i386__
/* The C library of busybox opens each socket by socketcall, see syscalls_i386.c. */
static const char ping_and_serve[] = "/probe_ping && ! nc -l -p 80 2>&1";
static const char served[] = "answer\nnc: socket: Operation not permitted\n";
#else
static const char ping_and_serve[] = "/probe_ping && "
                                     "{ echo text | nc -l -p 80 & } && "
                                     "until nc 127.0.0.1 80 </dev/null 2>&-; do sleep 0.1; done";
static const char served[] = "answer\ntext\n";
#endif

/* As in docker. The network is the container's own. */
static void a_user_may_ping_and_have_low_ports(void **state)
{
    static const char *const users[] = {"0", "1000", "7:65535"};

    copy_probe("probe_ping");
    for (size_t i = 0; i < (fixture.as_user ? 1 : 3); i++)
        assert_prints(served, "step05", "--user", users[i], SHELL(ping_and_serve));
}

static const char show_bounds[] = "grep -E '^Cap(Eff|Bnd)' /proc/self/status";

static void capabilities_are_added_and_dropped(void **state)
{
    assert_prints("CapEff:\t0000000000000001\nCapBnd:\t0000000000000001\n", "step05", "--cap-drop",
                  "all", "--cap-add", "chown", SHELL(show_bounds));
    assert_prints("CapEff:\t00000000800424fb\nCapBnd:\t00000000800424fb\n", "step05", "--cap-add",
                  "NET_RAW", SHELL(show_bounds));
    assert_prints("CapEff:\t00000000800404da\nCapBnd:\t00000000800404da\n", "step05", "--cap-drop",
                  "CAP_KILL", "--cap-drop=chown", SHELL(show_bounds));
    assert_int_equal(run("step05", "--cap-drop", "all", SHELL("chroot / true")), 1);
    assert_contains(err, "Operation not permitted");
    assert_usage("step05: capability 'net_admin_raw' (wanted: a name of capabilities(7), or all)",
                 "--cap-add", "net_admin_raw");
    assert_usage("step05: capability '' (", "--cap-drop", "");
}

static void an_ordinary_user_with_a_range_has_more_users_inside(void **state)
{
    char wanted[256];

    grant_to_user();
    snprintf(wanted, sizeof(wanted), "1000\n1000\n1000\n%s", none);
    int status = run("step05", "--user", "1000:1000", SHELL(show_rights));
    char *printed = strdup(out), *complaint = strdup(complaints());
    int owned = run("step05", SHELL("touch /x && chown 7:7 /x && stat -c %u:%g /x && "
                                    "awk '{ print $1, $2, $3 }' /proc/self/uid_map"));
    end_grant();
    if (status != 0)
        fail_msg("%s", complaint);
    assert_string_equal(printed, wanted);
    free(printed);
    free(complaint);
    if (owned != 0)
        fail_msg("%s", err);
    snprintf(wanted, sizeof(wanted), "7:7\n0 %u 1\n1 400000 65535\n", ordinary_uid());
    assert_string_equal(out, wanted);
}

static void set_no_new_privs(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        _exit(99);
}

/* Then newuidmap has no right to map them, as in the jobs of some CI runners. */
static void where_newuidmap_cannot_work_the_user_has_one_id(void **state)
{
    char wanted[64];

    grant_to_user();
    fixture.prepare = set_no_new_privs;
    int status =
        run("step05", SHELL("awk '{ print $1, $2, $3 }' /proc/self/uid_map /proc/self/gid_map"));
    end_grant();
    if (status != 0)
        fail_msg("%s", err);
    snprintf(wanted, sizeof(wanted), "0 %u 1\n0 %u 1\n", ordinary_uid(), ordinary_gid());
    assert_string_equal(out, wanted);
    assert_contains(err, "step05: newuidmap could not give the container more ids (no_new_privs is "
                         "set), so it has one user id\n");
}

/* Another user can write to a folder of the caller's PATH. */
static void no_newuidmap_of_the_callers_path_is_run(void **state)
{
    const char *callers = getenv("PATH");
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s", callers ? callers : "");
    grant_to_user();
    shell("mkdir -m 777 '%s' && cd '%s' && for n in newuidmap newgidmap; do "
          "printf '#!/bin/sh\\n: >%s/called\\n' >$n; chmod 777 $n; done",
          in_fixture("evil"), in_fixture("evil"), in_fixture("evil"));
    setenv("PATH", in_fixture("evil"), 1);
    int status = run("step05", SHELL("grep -c . /proc/self/uid_map"));
    setenv("PATH", path, 1);
    end_grant();
    assert_false(exists(in_fixture("evil/called")));
    assert_int_equal(status, 0);
    assert_string_equal(out, "2\n");
}

/* This holds also for a file that only the range's owner may remove. */
static void keep_leaves_the_layer_of_a_range(void **state)
{
    char upper[400];

    grant_to_user();
    int status = run("step05", "--name", "web", "--keep",
                     SHELL("mkdir /x && touch /x/file && chown -R 7:7 /x && chmod 700 /x"));
    end_grant();
    snprintf(upper, sizeof(upper), "%.200s/web/upper/x/file", fixture.scratch);
    bool kept = exists(upper);
    shell("rm -rf '%s'/web", fixture.scratch);
    if (status != 0)
        fail_msg("status %d: %s", status, err);
    assert_true(kept);
}

static void variables_are_added(void **state)
{
    assert_prints("one two 4\n", "step05", "--env", "A=one two", "--env=B=3", "--env", "B=4",
                  SHELL("echo $A $B"));
    assert_prints("/x\n", "step05", "--env", "PATH=/x", fixture.image, "/bin/sh", "-c",
                  "echo $PATH");
    assert_usage("step05: env '=1' (wanted: NAME=VALUE, or NAME, which takes the caller's): EINVAL",
                 "--env", "=1");
    assert_usage("step05: env '' (", "--env", "");
    setenv("CALLERS", "secret", 1);
    assert_prints("\n", "step05", SHELL("echo $CALLERS"));
    assert_prints("secret\n", "step05", "-e", "CALLERS", SHELL("echo $CALLERS"));
    unsetenv("CALLERS");
    assert_prints("unset\n", "step05", "-e", "CALLERS", SHELL("echo ${CALLERS-unset}"));
}

static void the_chosen_path_finds_the_command(void **state)
{
    assert_int_equal(run("step05", "--env", "PATH=/opt", fixture.image, "true"), 127);
    assert_contains(err, "step05: exec true: ENOENT (No such file or directory)\n");
    assert_prints("hi\n", "step05", "--env", "PATH=/opt:/bin", fixture.image, "echo", "hi");
    assert_int_equal(run("step05", "-e", "PATH=/opt", "-w", "/bin", fixture.image, "echo"), 127);
}

static void many_variables_are_taken(void **state)
{
    setenv("IMAGE", fixture.image, 1);
    assert_int_equal(run("sh", "-c",
                         "for i in $(seq 200); do set -- \"$@\" --env V$i=$i; done; "
                         "exec \"$0\" \"$@\" \"$IMAGE\" sh -c 'env | grep -c ^V'",
                         path_in(fixture.programs, "step05")),
                     0);
    assert_string_equal(out, "200\n");
}

static void the_command_starts_in_its_working_directory(void **state)
{
    assert_prints("/\n", "step05", fixture.image, "pwd");
    assert_prints("/usr/bin\n", "step05", "--workdir", "/usr/bin", fixture.image, "pwd");
    assert_prints("/data\n", "step05", "--tmpfs", "/data", "--workdir=/data", fixture.image, "pwd");
    assert_fails("step05: make /nowhere the working directory: ENOENT", "step05", "--workdir",
                 "/nowhere", fixture.image, "pwd");
    assert_fails("step05: make /bin/busybox the working directory: ENOTDIR", "step05", "--workdir",
                 "/bin/busybox", fixture.image, "pwd");
    assert_usage("step05: path '..' (wanted: an absolute path without ..): EINVAL", "--workdir",
                 "..");
    assert_usage("step05: path 'usr/bin' (", "--workdir", "usr/bin");
    assert_usage("step05: path '/usr/../etc' (", "--workdir", "/usr/../etc");
    assert_usage("step05: path '/usr/..' (", "--workdir", "/usr/..");
}

static void a_link_to_a_descriptor_is_no_way_out(void **state)
{
    for (int fd = 3; fd < 20; fd++) {
        char path[64];

        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        int status = run("step05", "--workdir", path, fixture.image, "pwd");
        if (status != 125)
            fail_msg("%s: status %d: %s", path, status, out);
    }
}

static void a_read_only_root_is_not_written_to_but_a_tmpfs_is(void **state)
{
    assert_int_equal(run("step05", "--read-only", SHELL("echo x >/x")), 1);
    assert_contains(err, "Read-only file system");
    assert_int_equal(run("step05", "--read-only", SHELL("echo x >/tmp/x")), 1);
    assert_prints("x\n", "step05", "--read-only", "--tmpfs", "/tmp", "--tmpfs", "/run/lock",
                  SHELL("echo x >/tmp/x && echo x >/run/lock/x && echo x >/dev/null && "
                        "echo x >/dev/shm/x && cat /tmp/x"));
    assert_int_equal(
        run("step05", "--read-only", "--cap-add", "all", SHELL("mount -o remount,rw /")), 1);
    assert_int_equal(run("step05", SHELL("echo x >/x")), 0);
}

static void a_tmpfs_is_empty_and_everybodys(void **state)
{
    assert_prints("0 drwxrwxrwt\n", "step05", "--tmpfs", "/usr",
                  SHELL("echo $(ls /usr | wc -l) $(stat -c %A /usr)"));
    assert_int_equal(run("step05", "--tmpfs", "/t", SHELL("grep ' /t ' /proc/mounts")), 0);
    assert_contains(out, "nosuid");
    assert_contains(out, "nodev");
    assert_fails("step05: make /bin/busybox in the image to mount on: ENOTDIR", "step05", "--tmpfs",
                 "/bin/busybox", fixture.image, "true");
    assert_usage("step05: tmpfs '..' (", "--tmpfs", "..");
    assert_usage("step05: tmpfs '/' (", "--tmpfs", "/");
    assert_usage("step05: tmpfs '/proc' (", "--tmpfs", "/proc");
}

static void make_source(void)
{
    shell("mkdir -p '%s/source' && echo text >'%s/source/file' && chmod 777 '%s/source' && "
          "chmod 666 '%s/source/file'",
          fixture.dir, fixture.dir, fixture.dir, fixture.dir);
}

static const char *volume(const char *source, const char *target)
{
    static char texts[4][600];
    static int next;
    char *text = texts[next++ % 4];

    snprintf(text, sizeof(*texts), "%s/%s:%s", fixture.dir, source, target);
    return text;
}

static void its_host_name_is_found_in_each_image(void **state)
{
    assert_prints("127.0.0.1\nbox\n", "step05", "--hostname", "box", "--read-only",
                  SHELL("hostname -i; cat /etc/hostname"));
    make_source();
    assert_prints("text\n", "step05", "--volume", volume("source/file", "/etc/hosts"),
                  SHELL("cat /etc/hosts"));
    assert_string_equal(read_file(in_fixture("source/file")), "text\n");
    assert_prints("file\n", "step05", "--volume", volume("source", "/etc"), SHELL("ls /etc"));
    shell("cd '%s/etc' && rm hosts && mkfifo hosts && ln -s /proc/sys/kernel/hostname hostname",
          fixture.image);
    assert_prints("prw-r--r--\nbox\n", "step05", "--hostname", "box",
                  SHELL("stat -c %A /etc/hosts; cat /etc/hostname"));
    shell("cd '%s/etc' && rm hosts hostname && ln -s ../usr/hosts hosts && "
          "cp -p passwd ../usr/hosts && : >../usr/hosts",
          fixture.image);
    assert_prints("127.0.0.1\n", "step05", SHELL("hostname -i"));
    shell("rm -r '%s/etc'", fixture.image);
    assert_prints("127.0.0.1\n", "step05", SHELL("hostname -i"));
}

static void a_volume_is_the_hosts_folder(void **state)
{
    make_source();
    assert_prints("text\n", "step05", "--volume", volume("source", "/data"),
                  SHELL("cat /data/file && echo new >/data/new"));
    assert_string_equal(read_file(in_fixture("source/new")), "new\n");
    assert_prints("text\n", "step05", "--volume", volume("source", "/a/b/c"),
                  SHELL("cat /a/b/c/file"));
    assert_int_equal(
        run("step05", "--volume", volume("source", "/data"), SHELL("grep ' /data ' /proc/mounts")),
        0);
    assert_contains(out, "nosuid");
    assert_contains(out, "nodev");
}

static void a_read_only_volume_is_not_written_to(void **state)
{
    make_source();
    assert_int_equal(run("step05", "--volume", volume("source", "/data:ro"),
                         SHELL("cat /data/file; echo new >/data/file")),
                     1);
    assert_string_equal(out, "text\n");
    assert_contains(err, "Read-only file system");
    assert_string_equal(read_file(in_fixture("source/file")), "text\n");
}

static void a_volume_may_be_a_file(void **state)
{
    make_source();
    assert_prints("text\n", "step05", "--volume", volume("source/file", "/etc/file"),
                  SHELL("cat /etc/file && echo new >/etc/file"));
    assert_string_equal(read_file(in_fixture("source/file")), "new\n");
}

/* Whatever the order of the options: the one mounted last would hide the other. */
static void a_mount_below_another_is_seen(void **state)
{
    make_source();
    shell("mkdir '%s/source/inner' && echo old >'%s/source/inner/old'", fixture.dir, fixture.dir);
    const char *below = volume("source/file", "/data/a/file");
    assert_prints("text\n", "step05", "--tmpfs", "/data", "--volume", below,
                  SHELL("cat /data/a/file"));
    assert_prints("text\n", "step05", "--volume", below, "--tmpfs", "/data",
                  SHELL("cat /data/a/file"));
    assert_prints("text\n", "step05", "--tmpfs", "/data/inner", "--volume",
                  volume("source", "/data"), SHELL("cat /data/file && ls /data/inner"));
}

static void a_volume_of_a_folder_that_only_the_caller_may_enter_works(void **state)
{
    make_source();
    shell("mkdir -m 700 '%s/private' && mv '%s/source' '%s/private'", fixture.dir, fixture.dir,
          fixture.dir);
    if (geteuid() == 0 && fixture.as_user)
        shell("chown -R %u '%s/private'", ordinary_uid(), fixture.dir);
    assert_prints("text\n", "step05", "--volume", volume("private/source", "/data"),
                  SHELL("cat /data/file"));
}

/* The call is refused, and changes neither the host nor the image. */
static void assert_no_volume(const char *message, const char *source, const char *target)
{
    unsigned long long image = hash_of(fixture.image), host = hash_of(in_fixture("source"));

    if (run("step05", "--volume", volume(source, target), fixture.image, "true") != 125)
        fail_msg("%s:%s is no failure: %s", source, target, err);
    assert_contains(err, message);
    assert_int_equal(hash_of(fixture.image), image);
    assert_int_equal(hash_of(in_fixture("source")), host);
}

static void a_volume_that_leads_elsewhere_is_refused(void **state)
{
    make_source();
    shell("cd '%s' && ln -s / link && ln -s /etc etc.link && ln -s nowhere dangling && "
          "ln -s ../../source up && ln -s '%s/source' out && ln -s proc proc.link",
          fixture.image, fixture.dir);
    assert_no_volume("copy the mount at ", "nowhere", "/data");
    assert_no_volume("make /link in the image to mount on: ELOOP", "source", "/link");
    assert_no_volume("make /dangling in the image to mount on: ELOOP", "source", "/dangling");
    assert_no_volume("make /proc.link in the image to mount on: ELOOP", "source", "/proc.link");
    assert_no_volume("hint: proc.link is a link to proc there", "source", "/proc.link/self");
    assert_no_volume("make /link/proc in the image to mount on: ELOOP", "source", "/link/proc");
    assert_no_volume("make /up/data in the image to mount on: ", "source", "/up/data");
    assert_no_volume("make /out/data in the image to mount on: ", "source", "/out/data");
    assert_no_volume("make /dangling in the image to mount on: ELOOP", "source/file", "/dangling");
    assert_no_volume("make /out in the image to mount on: ELOOP", "source/file", "/out");
}

/* As Debian's /var/run leads to /run, and its /etc/localtime to a file of a time zone. */
static void a_link_of_the_image_is_followed(void **state)
{
    make_source();
    shell("cd '%s' && mkdir -p run var zone && ln -s /run var/run && echo >zone/UTC && "
          "ln -s ../zone/UTC etc/localtime && ln -s / top",
          fixture.image);
    assert_prints("drwxrwxrwt /run\n", "step05", "--tmpfs", "/var/run",
                  SHELL("echo $(stat -c %A /run) $(readlink /var/run)"));
    assert_prints("text\n", "step05", "--volume", volume("source/file", "/etc/localtime:ro"),
                  SHELL("cat /zone/UTC"));
    assert_prints("text\n", "step05", "--volume", volume("source", "/top/var/run/new"),
                  SHELL("cat /run/new/file"));
    assert_fails("step05: two mounts on /run, by --volume or --tmpfs: EEXIST", "step05", "--tmpfs",
                 "/var/run", "--tmpfs", "/run", fixture.image, "true");
}

/* A cover of what is in a volume must not land where a link of the image leads. */
static void in_a_volume_no_link_of_the_image_is_followed(void **state)
{
    make_source();
    shell(
        "cd '%s' && mkdir source/sub && cd '%s' && mkdir -p run var work x && ln -s /x work/sub && "
        "ln -s /run var/run && ln -s /x run/sub",
        fixture.dir, fixture.image);
    assert_prints("/work/sub\n", "step05", "--volume", volume("source", "/work"), "--tmpfs",
                  "/work/sub", SHELL("awk '$2 ~ \"sub$|^/x\" { print $2 }' /proc/mounts"));
    assert_prints("/run/sub\n", "step05", "--tmpfs", "/run/sub", "--volume",
                  volume("source", "/var/run"),
                  SHELL("awk '$2 ~ \"sub$|^/x\" { print $2 }' /proc/mounts"));
    assert_prints("/run/sub\n", "step05", "--tmpfs", "/var/run/sub", "--volume",
                  volume("source", "/run"),
                  SHELL("awk '$2 ~ \"sub$|^/x\" { print $2 }' /proc/mounts"));
}

static void a_place_is_given_once(void **state)
{
    static const char message[] = "step05: two mounts on /data, by --volume or --tmpfs: EEXIST (";

    assert_usage(message, "--tmpfs", "/data", "--tmpfs", "/data/");
    assert_usage(message, "--volume", "/etc:/data", "--volume", "/usr://data:ro");
    assert_usage(message, "--tmpfs", "/data", "--volume", "/etc:/data/.");
    assert_usage(message, "--volume", "/etc:/data", "--tmpfs", "/./data");
}

/* To open it for writing would be refused, or would copy all of it, or wait for a reader. */
static void a_volume_covers_what_is_there(void **state)
{
    make_source();
    shell("cd '%s' && echo >old && chmod 444 old && mkfifo fifo && "
          "dd if=/dev/zero of=big bs=1M count=8 2>/dev/null",
          fixture.image);
    assert_prints("text\n", "step05", "--storage-size", "2M", "--volume",
                  volume("source/file", "/old"), "--volume", volume("source/file", "/fifo"),
                  "--volume", volume("source/file", "/big"),
                  SHELL("cat /old && cmp /old /fifo && cmp /old /big"));
}

static void a_place_that_cannot_be_made_is_explained(void **state)
{
    make_source();
    const char *hint = "hint: new is not there, and the container's root may not make it, ";
    assert_fails(hint, "step05", "--volume", volume("source", "/data:ro"), "--tmpfs", "/data/new",
                 fixture.image, "true");
    shell("chmod 755 '%s/source'", fixture.dir); /* root's: of nobody in root's container */
    if (!fixture.as_user)
        assert_fails(hint, "step05", "--volume", volume("source", "/data"), "--tmpfs", "/data/new",
                     fixture.image, "true");
}

static void a_volume_of_another_kind_is_refused(void **state)
{
    make_source();
    assert_no_volume("make /bin/busybox in the image to mount on: ENOTDIR", "source",
                     "/bin/busybox");
    assert_no_volume("make /etc in the image to mount on: EISDIR", "source/file", "/etc");
    assert_no_volume("make /bin/busybox/x in the image to mount on: ENOTDIR", "source",
                     "/bin/busybox/x");
    assert_usage("step05: volume '/etc:/data/..' (wanted: ", "--volume", "/etc:/data/..");
    assert_usage("step05: volume '/etc' (", "--volume", "/etc");
    assert_usage("step05: volume '/etc:data' (", "--volume", "/etc:data");
    assert_usage("step05: volume '/etc:/proc' (", "--volume", "/etc:/proc");
    assert_usage("step05: volume ':/data' (", "--volume", ":/data");
    assert_usage("step05: volume '' (", "--volume", "");
}

static void the_host_folder_of_a_stopped_write_stays_empty(void **state)
{
    char upper[400];

    assert_int_equal(
        run("step05", "--storage-size", "5M", SHELL("dd if=/dev/zero of=/big bs=1M count=20 2>&1")),
        1);
    assert_contains(out, "4+0 records out"); /* dd of busybox 1.30 says no more than that */
    assert_int_equal(run("step05", "--storage-size", "5M",
                         SHELL("dd if=/dev/zero of=/big bs=1M count=4 2>/dev/null")),
                     0);
    struct program *container = start("step05", "--name", "web", "--storage-size", "5M",
                                      SHELL("echo x >/x; echo ready; read line"));
    hear(container, "ready\n");
    snprintf(upper, sizeof(upper), "%.200s/web/upper/x", fixture.scratch);
    bool seen = exists(upper);
    finish(container);
    assert_false(seen);
    assert_usage("step05: ", "--storage-size", "much");
    assert_usage("step05: ", "--storage-size", "-1");
}

/* Two folders and the shared memory: each fits, but they do not fit together. */
static void one_limit_counts_all_that_can_be_written_to(void **state)
{
    assert_int_equal(run("step05", "--storage-size", "5M", "--tmpfs", "/a", "--tmpfs", "/b",
                         SHELL("for d in /a /b /dev/shm; do "
                               "dd if=/dev/zero of=$d/big bs=1M count=2 2>&1; done")),
                     1);
    assert_contains(out, "\n0+0 records out");
    assert_int_equal(run("step05", "--storage-size", "5M",
                         SHELL("n=0; while [ $n -lt 2000 ]; do : >/tmp/$n; n=$((n+1)); done")),
                     1);
    assert_contains(err, "No space left on device");
}

static void what_is_kept_has_no_limit(void **state)
{
    assert_int_equal(run("step05", "--storage-size", "1k", fixture.image, "true"), 2);
    assert_contains(err, "step05: --storage-size 1024: at least 64K");
    assert_int_equal(run("step05", "--storage-size", "64k", fixture.image, "true"), 0);
    assert_int_equal(run("step05", "--keep", "--storage-size", "5M", fixture.image, "true"), 2);
    assert_contains(err, "step05: --keep and --storage-size: EINVAL (Invalid argument)\n");
    assert_int_equal(run("step05", "--keep", "--name", "web", "--tmpfs", "/a",
                         SHELL("df -k /dev/shm | tail -n 1 | awk '{ print $2 }'")),
                     0);
    shell("rm -rf '%s'/web", fixture.scratch);
    assert_string_equal(out, "65536\n");
}

static void a_name_is_for_one_container(void **state)
{
    struct program *first =
        start("step05", "--name", "web", SHELL("echo ready; read line; exit 0"));
    hear(first, "ready\n");
    int status = run("step05", "--name", "web", fixture.image, "true");
    assert_int_equal(status, 125);
    assert_contains(err, "EEXIST");
    assert_true(runs(first));
    assert_int_equal(finish(first), 0);
    assert_int_equal(run("step05", "--name", "web", fixture.image, "true"), 0);
}

/* The folder that holds the layers is open to its caller only, as a user's own TMPDIR may be. */
static void a_private_scratch_folder_is_named_with_its_cure(void **state)
{
    shell("chmod 700 '%s'", fixture.scratch);
    int status = run("step05", fixture.image, "true");
    shell("chmod 711 '%s'", fixture.scratch);
    assert_int_equal(status, fixture.as_user ? 0 : 125); /* root's containers have other ids */
    if (!fixture.as_user)
        assert_contains(err, "chmod o+x");
}

static void the_image_may_be_in_a_folder_of_the_callers_alone(void **state)
{
    shell("mkdir -m 700 '%s/private' && cp -a '%s' '%s/private/image'", fixture.dir, fixture.image,
          fixture.dir);
    if (fixture.as_user && geteuid() == 0)
        shell("chown -R %u '%s/private'", ordinary_uid(), fixture.dir);
    assert_prints("0\n", "step05", in_fixture("private/image"), "id", "-u");
}

/* In the order in which enter() acts, and each as a command or, where no tool has it, a comment. */
static const char *const guards[] = {
    "# start this program again, from a mount of it",
    "+ mkdir -m 700 /tmp/",
    "+ unshare --user --mount",
    "uid", /* the file uid_map, or newuidmap(1) */
    "+ setpriv --no-new-privs sh\n",
    "# close every descriptor above 2",
    "+ setsid sh\n",
    "# a new environment",
    "+ export A=b\n",
    "+ exec unshare --cgroup sh\n",
    "+ setpriv --reuid 0 --regid 0 ",
    "+ mount -t tmpfs -o size=",
    "+ mkdir -m 1777 shm\n",
    "+ mkdir -m 1777 tmpfs0\n",
    "+ mount -t overlay ",
    "+ pivot_root . .\n",
    "# mount -t proc -o nosuid,nodev,noexec proc /proc",
    "# mount -t sysfs -o ro,",
    "# mount --bind HOST/dev/null /dev/null\n",
    "# mount --bind shm /dev/shm (",
    "+ mount --bind -o ro /proc/sys /proc/sys\n",
    "+ mount --bind -o ro /dev/null /proc/kallsyms\n",
    "# mount --bind tmpfs0 /mnt (",
    "+ mount -o remount,bind,nosuid,nodev /\n",
    "+ prlimit --pid 1 --core=", /* 1:1, or less where the caller has less */
    "+ setpriv --bounding-set -all,+chown,",
    "+ setpriv --reuid 0 --regid 0 --keep-groups sh\n",
    "+ capsh --caps=cap_chown,",
    "+ cd /tmp\n",
    "# load the filters of system calls",
    "# a parent starts the command",
    "+ exec "};

static void explain_tells_of_each_guard(void **state)
{
    assert_int_equal(run("step05", "-x", "--env", "A=b", "--tmpfs", "/mnt", "--workdir", "/tmp",
                         "--user", "0:0", SHELL("true")),
                     0);
    const char *rest = err;
    for (size_t i = 0; i < sizeof(guards) / sizeof(*guards); i++) {
        const char *found = strstr(rest, guards[i]);

        if (found)
            rest = found;
        else
            fail_msg("no '%s' in its place in:\n%s", guards[i], err);
    }
}

/* In the order in which they are made, and only what is missing. */
static void explain_tells_what_is_made_to_mount_on(void **state)
{
    assert_int_equal(run("step05", "-x", "--name", "full", "--tmpfs", "/tmp", "--tmpfs",
                         "/new/deep", SHELL("true")),
                     0);
    assert_contains(err, "full+ mkdir /new\nfull+ mkdir /new/deep\n# mount --bind ");
    assert_lacks(err, "+ mkdir /tmp\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_ROOT(a_user_has_no_capabilities_and_no_other_group),
        AS_EACH(its_host_name_is_found_in_each_image),
        AS_EACH(a_user_may_ping_and_have_low_ports),
        AS_EACH(capabilities_are_added_and_dropped),
        AS_EACH(explain_tells_of_each_guard),
        AS_EACH(explain_tells_what_is_made_to_mount_on),
        AS_USER(an_ordinary_user_with_a_range_has_more_users_inside),
        AS_USER(where_newuidmap_cannot_work_the_user_has_one_id),
        AS_USER(no_newuidmap_of_the_callers_path_is_run),
        AS_USER(keep_leaves_the_layer_of_a_range),
        AS_EACH(variables_are_added),
        AS_EACH(the_chosen_path_finds_the_command),
        AS_EACH(many_variables_are_taken),
        AS_EACH(the_command_starts_in_its_working_directory),
        AS_EACH(a_link_to_a_descriptor_is_no_way_out),
        AS_EACH(a_read_only_root_is_not_written_to_but_a_tmpfs_is),
        AS_EACH(a_tmpfs_is_empty_and_everybodys),
        AS_EACH(a_volume_is_the_hosts_folder),
        AS_EACH(a_read_only_volume_is_not_written_to),
        AS_EACH(a_volume_may_be_a_file),
        AS_EACH(a_mount_below_another_is_seen),
        AS_EACH(a_volume_of_a_folder_that_only_the_caller_may_enter_works),
        AS_EACH(a_volume_that_leads_elsewhere_is_refused),
        AS_EACH(a_link_of_the_image_is_followed),
        AS_EACH(in_a_volume_no_link_of_the_image_is_followed),
        AS_EACH(a_place_is_given_once),
        AS_EACH(a_volume_covers_what_is_there),
        AS_EACH(a_place_that_cannot_be_made_is_explained),
        AS_EACH(a_volume_of_another_kind_is_refused),
        AS_EACH(the_host_folder_of_a_stopped_write_stays_empty),
        AS_EACH(one_limit_counts_all_that_can_be_written_to),
        AS_EACH(what_is_kept_has_no_limit),
        AS_EACH(a_name_is_for_one_container),
        AS_EACH(a_private_scratch_folder_is_named_with_its_cure),
        AS_EACH(the_image_may_be_in_a_folder_of_the_callers_alone),
    };
    return check_run(tests);
}
