/* Which files of the host a container can reach: before step05 all, with a trick; then none. */
#include "full.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A file of the host that is not in the image. */
static const char *secret(void)
{
    write_file(in_fixture("secret"), "a secret of the host\n");
    shell("chmod a+r '%s'", in_fixture("secret"));
    return in_fixture("secret");
}

static void a_second_chroot_leads_out_of_a_chroot_only(void **state)
{
    copy_probe("probe_escape");
    assert_int_equal(run(step_before(), fixture.image, "/probe_escape", secret()), 0);
    assert_string_equal(out, "a secret of the host\n");
    assert_int_equal(run("step05", fixture.image, "/probe_escape", secret()), 4); /* no such file */
    assert_string_equal(out, "");
}

/* Called in the child, before it becomes the program. */
static void open_the_folder(void)
{
    dup2(open(fixture.dir, O_RDONLY | O_DIRECTORY), 9);
}

static void an_inherited_descriptor_leads_out_until_it_is_closed(void **state)
{
    secret();
    fixture.prepare = open_the_folder;
    assert_int_equal(run(step_before(), SHELL("cat /proc/self/fd/9/secret")), 0);
    assert_string_equal(out, "a secret of the host\n");
    assert_int_equal(run("step05", SHELL("cat /proc/self/fd/9/secret")), 1);
    assert_string_equal(out, "");
    assert_int_equal(run("step05", SHELL("cd /proc/self/fd && echo *")), 0);
    assert_string_equal(out, "0 1 2 3\n"); /* 3 is the folder itself, while it is read */
}

static int number;

static void open_the_folder_as_stream(void)
{
    dup2(open(fixture.dir, O_RDONLY | O_DIRECTORY), number);
}

static void a_folder_as_a_standard_descriptor_is_refused(void **state)
{
    secret();
    fixture.prepare = open_the_folder_as_stream;
    number = STDIN_FILENO;
    assert_int_equal(run(step_before(), SHELL("cat /proc/self/fd/0/secret")), 0);
    assert_string_equal(out, "a secret of the host\n");
    for (; number <= STDERR_FILENO; number++)
        assert_int_equal(run("step05", SHELL("exit 0")), 125);
    number = STDIN_FILENO;
    assert_int_equal(run("step05", SHELL("cat /proc/self/fd/0/secret")), 125);
    assert_contains(err,
                    ": take a folder as stdin (give a file or a pipe): EISDIR (Is a directory)\n");
}

/* Fails if a mount is not on a place where step05 mounts. Returns the number of mounts. */
static int check_places(const char *mountinfo)
{
    char place[PATH_MAX];
    int count = 0;

    for (const char *line = mountinfo; *line; line = strchr(line, '\n') + 1) {
        assert_int_equal(sscanf(line, "%*s %*s %*s %*s %4095s", place), 1);
        if (strcmp(place, "/") != 0 && strncmp(place, "/dev", 4) != 0 &&
            strncmp(place, "/proc", 5) != 0 && strncmp(place, "/sys", 4) != 0)
            fail_msg("there is a mount on %s", place);
        count++;
    }
    return count;
}

static void no_mount_of_the_host_is_in_sight(void **state)
{
    assert_int_equal(run("step05", fixture.image, "cat", "/proc/self/mountinfo"), 0);
    assert_true(check_places(out) >= 12);
}

/* All mounts of a process's namespace: mountinfo shows a process only those below its root. */
static const char *mounts_of(pid_t pid)
{
    static char text[1 << 16];
    int proc = open("/proc", O_PATH | O_CLOEXEC), copy = memfd_create("mounts", 0);
    char path[64];
    int status;

    snprintf(path, sizeof(path), "%d/ns/mnt", pid);
    pid_t child = fork();
    if (child == 0) {
        int file = -1;
        if (setns(openat(proc, path, O_RDONLY), CLONE_NEWNS) == 0)
            file = openat(proc, "self/mountinfo", O_RDONLY);
        for (ssize_t length; (length = read(file, text, sizeof(text))) > 0;)
            if (write(copy, text, (size_t)length) != length)
                _exit(1);
        _exit(file < 0);
    }
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    ssize_t length = pread(copy, text, sizeof(text) - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    close(copy);
    close(proc);
    return text;
}

static const char *mounts_of_a_container(const char *step)
{
    struct program *container = start(step, SHELL("echo ready; read line"));

    hear(container, "ready\n");
    const char *mounts = mounts_of(child_of(container->pid));
    finish(container);
    return mounts;
}

/* A chroot leaves all of them mounted, above its root; pivot_root leaves none. */
static void no_mount_of_the_host_is_left_in_the_namespace(void **state)
{
    assert_contains(mounts_of_a_container("step04"), fixture.scratch);
    assert_true(check_places(mounts_of_a_container("step05")) >= 12);
}

static void dev_has_a_handful_of_devices_and_no_other(void **state)
{
    assert_int_equal(run("step05", SHELL("cd /dev && stat -c '%n %A %t:%T' *")), 0);
    assert_string_equal(out, "fd lrwxrwxrwx 0:0\n"
                             "full crw-rw-rw- 1:7\n"
                             "null crw-rw-rw- 1:3\n"
                             "ptmx lrwxrwxrwx 0:0\n"
                             "pts drwxr-xr-x 0:0\n"
                             "random crw-rw-rw- 1:8\n"
                             "shm drwxrwxrwt 0:0\n"
                             "stderr lrwxrwxrwx 0:0\n"
                             "stdin lrwxrwxrwx 0:0\n"
                             "stdout lrwxrwxrwx 0:0\n"
                             "tty crw-rw-rw- 5:0\n"
                             "urandom crw-rw-rw- 1:9\n"
                             "zero crw-rw-rw- 1:5\n");
    assert_int_equal(run("step05", SHELL("ls /dev/pts")), 0);
    assert_string_equal(out, "ptmx\n"); /* no terminal of the host */
    assert_int_equal(run(step_before(), SHELL("ls /dev")), 0);
    assert_string_equal(out, ""); /* the image's /dev is empty */
}

static void the_devices_work(void **state)
{
    assert_int_equal(
        run("step05", SHELL("echo x >/dev/null && head -c 2 /dev/zero | od -An -tx1 && "
                            "[ $(head -c 9 /dev/urandom | wc -c) -eq 9 ] && "
                            "[ $(head -c 9 /dev/random | wc -c) -eq 9 ] && "
                            "[ -e /dev/stdin -a -e /dev/stdout -a -e /dev/stderr ] && "
                            "echo x >/dev/shm/x && ! echo x >/dev/full")),
        0);
    assert_string_equal(out, " 00 00\n");
    assert_contains(err, "No space left on device\n");
}

static void no_other_device_can_be_made(void **state)
{
    assert_int_not_equal(run("step05", SHELL("mknod /dev/disk b 8 0")), 0);
    assert_int_not_equal(run("step05", SHELL("mknod /tmp/null c 1 3")), 0);
    assert_contains(err, "Operation not permitted");
}

static void sys_is_read_only(void **state)
{
    assert_int_equal(run("step05", SHELL("ls /sys/class/net && grep ' /sys ' /proc/self/mounts")),
                     0);
    assert_contains(out, "lo\nsysfs /sys sysfs ro,"); /* its own network namespace's */
    assert_int_equal(run("step05", SHELL("touch /sys/x")), 1);
    assert_contains(err, "Read-only file system");
    assert_int_equal(run("step05", SHELL("echo 1 >/sys/class/net/lo/mtu")), 1);
    assert_contains(err, "Read-only file system");
}

static void nothing_of_it_is_left_in_the_image(void **state)
{
    unsigned long long before_it = hash_of(fixture.image);

    assert_int_equal(run("step05", fixture.image, "true"), 0);
    assert_int_equal(hash_of(fixture.image), before_it);
}

/* Makes the mount point `name` by `what`, as mkdir or ln. Such an image must not run or do harm. */
static void assert_refused(const char *name, const char *what, const char *message)
{
    shell("cd '%s' && rm -rf %s && %s %s", fixture.image, name, what, name);
    unsigned long long victim = hash_of(in_fixture("victim")), image = hash_of(fixture.image);
    int status = run("step05", fixture.image, "true");
    if (status != 125)
        fail_msg("with '%s %s' in the image: status %d, stderr: %s", what, name, status, err);
    assert_contains(err, message);
    assert_int_equal(hash_of(in_fixture("victim")), victim);
    assert_int_equal(hash_of(fixture.image), image);
    shell("cd '%s' && rm -rf %s && mkdir %s", fixture.image, name, name);
}

static void assert_hostile_mountpoint(const char *name)
{
    char link[300], message[64];

    snprintf(message, sizeof(message), ": mount on /%s: ENOTDIR (Not a directory)\n", name);
    snprintf(link, sizeof(link), "ln -s '%s'", in_fixture("victim"));
    assert_refused(name, link, message);
    assert_refused(name, "ln -s ../victim", message);
    assert_refused(name, "ln -s /tmp", message);
    assert_refused(name, "ln -s nowhere", message);
    assert_refused(name, "ln -s ../dev", message); /* this is a loop for dev */
    assert_refused(name, "touch", message);
    assert_refused(name, "mkfifo", message);
}

static void make_victim(void)
{
    shell("mkdir -p '%s' && chmod 777 '%s' && echo >'%s'", in_fixture("victim"),
          in_fixture("victim"), in_fixture("victim/file"));
}

static void a_link_in_the_place_of_dev_is_refused(void **state)
{
    make_victim();
    assert_hostile_mountpoint("dev");
}

static void a_link_in_the_place_of_sys_is_refused(void **state)
{
    make_victim();
    assert_hostile_mountpoint("sys");
}

static void a_link_in_the_place_of_proc_is_refused(void **state)
{
    make_victim();
    assert_hostile_mountpoint("proc");
}

/* A folder of the host in process 1 would be a way out: its scratch directory is one. */
static void assert_process_1_has_no_folder(const char *option, const char *name)
{
    struct program *container =
        start("step05", "--name", name, option, fixture.image, "sh", "-c", "echo ready; read line");
    char folder[64], path[128];
    struct stat status;

    hear(container, "ready\n");
    snprintf(folder, sizeof(folder), "/proc/%d/fd", child_of(container->pid));
    assert_true(exists(path_in(folder, "2")));
    for (int fd = 0; fd < 64; fd++) {
        snprintf(path, sizeof(path), "%s/%d", folder, fd);
        if (stat(path, &status) == 0)
            assert_false(S_ISDIR(status.st_mode));
    }
    finish(container);
}

static void process_1_has_no_folder_of_the_host(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root, to look at a process that is not dumpable: sudo make test");
    assert_process_1_has_no_folder("--read-only", container_name());
    assert_process_1_has_no_folder("--keep", container_name());
    shell("rm -r '%s'", path_in(fixture.scratch, container_name()));
}

/* Root inside is the owner of the image, so there is nothing to say of its files. */
static void what_is_kept_is_said_and_nothing_else(void **state)
{
    if (geteuid() != 0)
        check_skip("needs root, whose container sees the image with its own ids: sudo make test");
    assert_int_equal(
        run("step05", "--name", container_name(), "--keep", fixture.image, "touch", "/tmp/x"), 0);
    assert_lacks(err, "/tmp is an empty folder");
    assert_contains(err, "step05: kept ");
    shell("rm -r '%s'", path_in(fixture.scratch, container_name()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(a_second_chroot_leads_out_of_a_chroot_only),
        AS_EACH(an_inherited_descriptor_leads_out_until_it_is_closed),
        AS_EACH(process_1_has_no_folder_of_the_host),
        AS_EACH(what_is_kept_is_said_and_nothing_else),
        AS_EACH(a_folder_as_a_standard_descriptor_is_refused),
        AS_EACH(no_mount_of_the_host_is_in_sight),
        AS_ROOT(no_mount_of_the_host_is_left_in_the_namespace),
        AS_EACH(dev_has_a_handful_of_devices_and_no_other),
        AS_EACH(the_devices_work),
        AS_EACH(no_other_device_can_be_made),
        AS_EACH(sys_is_read_only),
        AS_EACH(nothing_of_it_is_left_in_the_image),
        AS_EACH(a_link_in_the_place_of_dev_is_refused),
        AS_EACH(a_link_in_the_place_of_sys_is_refused),
        AS_EACH(a_link_in_the_place_of_proc_is_refused),
    };
    return check_run(tests);
}
