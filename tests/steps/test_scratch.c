/* Where a container keeps what it writes: its name, its scratch directory, and their end. */
#include "harness.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A command that goes on until finish() closes its stdin. */
#define WAIT "sh", "-c", "echo ready; read line"

static void need_root_for(const char *what)
{
    if (geteuid() != 0)
        check_skip("needs root, for %s: sudo make test", what);
}

/* The scratch directory of a container with the name container_name(). */
static const char *own_directory(void)
{
    return path_in(fixture.scratch, container_name());
}

static const char *only_entry_of(const char *folder)
{
    static char name[NAME_MAX + 1];
    struct dirent *entry;
    DIR *dir = opendir(folder);
    int count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.') {
            strcpy(name, entry->d_name);
            count++;
        }
    closedir(dir);
    assert_int_equal(count, 1);
    return name;
}

static void a_name_is_a_letter_then_letters_and_digits(void **state)
{
    struct program *container = start(fixture.step, fixture.image, WAIT);

    hear(container, "ready\n");
    const char *name = only_entry_of(fixture.scratch);
    assert_true(islower((unsigned char)name[0]));
    assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789"), strlen(name));
    finish(container);
}

static void the_scratch_directory_is_its_owners_only(void **state)
{
    struct program *container =
        start(fixture.step, "--name", container_name(), fixture.image, WAIT);
    struct stat status;

    hear(container, "ready\n");
    assert_int_equal(stat(own_directory(), &status), 0);
    /* The root of root's container has other ids in step05. It may pass through. */
    bool passes = strcmp(fixture.step, "step05") == 0 && !fixture.as_user;
    assert_int_equal(status.st_mode, S_IFDIR | (passes ? 0710 : 0700));
    assert_int_equal(status.st_uid, fixture.as_user ? ordinary_uid() : 0);
    finish(container);
}

static void a_name_in_use_is_refused_and_its_owner_goes_on(void **state)
{
    struct program *first = start(fixture.step, "--name", container_name(), fixture.image, "sh",
                                  "-c", "echo ready; read line; echo $line");

    hear(first, "ready\n");
    assert_int_equal(run(fixture.step, "--name", container_name(), fixture.image, "true"), 125);
    assert_contains(err, own_directory());
    assert_contains(err, ": EEXIST (File exists)\n");
    assert_contains(err, ": hint: the name is in use");
    say(first, "still here\n");
    hear(first, "still here\n");
    assert_int_equal(finish(first), 0);
}

static void two_containers_run_at_once_and_apart(void **state)
{
    struct program *first = start(fixture.step, fixture.image, "sh", "-c",
                                  "echo one >/mine; echo ready; read line; cat /mine");
    struct program *second = start(fixture.step, fixture.image, "sh", "-c",
                                   "echo two >/mine; echo ready; read line; cat /mine");

    hear(first, "ready\n");
    hear(second, "ready\n");
    say(first, "\n");
    hear(first, "one\n");
    say(second, "\n");
    hear(second, "two\n");
    assert_int_equal(finish(second), 0);
    assert_int_equal(finish(first), 0);
}

static void keep_leaves_what_was_written_and_says_where(void **state)
{
    struct stat whiteout;

    assert_int_equal(run(fixture.step, "--keep", "--name", container_name(), fixture.image, "sh",
                         "-c", "echo new >/new; rm /etc/passwd; chmod 711 /home"),
                     0);
    assert_contains(err, ": kept ");
    assert_contains(err, path_in(own_directory(), "upper\n"));
    const char *upper = path_in(own_directory(), "upper");
    assert_string_equal(read_file(path_in(upper, "new")), "new\n");
    assert_int_equal(lstat(path_in(upper, "etc/passwd"), &whiteout), 0);
    assert_true(S_ISCHR(whiteout.st_mode));
    assert_int_equal(whiteout.st_rdev, makedev(0, 0));
    assert_string_equal(only_entry_of(own_directory()), "upper");
    assert_true(exists(path_in(fixture.image, "etc/passwd")));
    shell("rm -r '%s'", own_directory());
}

static void scratch_places_the_directory(void **state)
{
    const char *place = in_fixture("place, with: blanks");

    assert_int_equal(mkdir(place, 0777) | chmod(place, 0777), 0);
    struct program *container =
        start(fixture.step, "--scratch", place, "--name", container_name(), fixture.image, WAIT);
    hear(container, "ready\n");
    assert_true(exists(path_in(path_in(place, container_name()), "lower")));
    assert_false(exists(own_directory()));
    finish(container);
    assert_int_equal(rmdir(place), 0); /* this works as it is empty */
}

static void without_a_choice_it_is_tmp(void **state)
{
    char name[32];

    snprintf(name, sizeof(name), "container-test-%d", getpid());
    unsetenv("TMPDIR");
    struct program *container = start(fixture.step, "--name", name, fixture.image, WAIT);
    setenv("TMPDIR", fixture.scratch, 1);
    hear(container, "ready\n");
    assert_true(exists(path_in("/tmp", name)));
    finish(container);
    assert_false(exists(path_in("/tmp", name)));
}

static void a_scratch_that_is_no_directory_is_named(void **state)
{
    assert_int_equal(run(fixture.step, "--scratch", "/no/such", fixture.image, "true"), 125);
    assert_contains(err,
                    ": find the scratch directory /no/such: ENOENT (No such file or directory)");
    assert_int_equal(run(fixture.step, "--scratch", "/dev/null", fixture.image, "true"), 125);
    assert_contains(err, ": ENOTDIR (Not a directory)\n");
    assert_contains(err, ": hint: --scratch DIR");
}

static void a_scratch_that_the_user_may_not_write_is_named(void **state)
{
    assert_int_equal(run(fixture.step, "--scratch", "/usr", fixture.image, "true"), 125);
    assert_contains(err, ": EACCES (Permission denied)\n");
    assert_contains(err, ": hint: --scratch DIR puts the container's files elsewhere\n");
}

static void a_scratch_on_an_overlay_is_explained(void **state)
{
    need_root_for("an overlay");
    shell("cd '%s' && mkdir low up work over && chmod 777 up && "
          "mount -t overlay overlay -o lowerdir=low,upperdir=up,workdir=work over",
          fixture.dir);
    assert_int_equal(run(fixture.step, "--scratch", in_fixture("over"), fixture.image, "true"),
                     125);
    assert_contains(err, ": mount overlay on ");
    assert_contains(err, " is on an overlay itself, where upper cannot be: choose a folder on ");
    shell("cd '%s' && umount over && rmdir up low", fixture.dir); /* up is empty */
}

/*
 * In a tmpfs with room for some files: each in turn is the first without room. step05 makes fewer,
 * since its layers are in a tmpfs of its own.
 */
static void a_scratch_that_is_full_is_named(void **state)
{
    const char *place = in_fixture("full");
    int most = strcmp(fixture.step, "step05") == 0 ? 4 : 5;

    need_root_for("a small file system");
    mkdir(place, 0755);
    for (int inodes = 1; inodes <= most; inodes++) {
        shell("mount -t tmpfs -o mode=777,nr_inodes=%d tmpfs '%s'", inodes, place);
        assert_int_equal(run(fixture.step, "--scratch", place, fixture.image, "true"), 125);
        assert_contains(err, ": ENOSPC (No space left on device)\n");
        shell("umount '%s' && rmdir '%s' && mkdir '%s'", place, place, place);
    }
}

static void a_scratch_that_is_read_only_is_named(void **state)
{
    const char *place = in_fixture("read-only");

    need_root_for("a read-only file system");
    shell("mkdir '%s' && mount -t tmpfs -o ro tmpfs '%s'", place, place);
    assert_int_equal(run(fixture.step, "--scratch", place, fixture.image, "true"), 125);
    assert_contains(err, ": EROFS (Read-only file system)\n");
    assert_contains(err, ": hint: --scratch DIR");
    shell("umount '%s'", place);
}

static void a_failure_leaves_nothing_where_the_scratch_was_good(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "no-such-command"), 127);
    shell("[ -z \"$(ls -A '%s')\" ]", fixture.scratch);
}

static void whatever_the_container_wrote_goes(void **state)
{
    static const char script[] =
        "mkdir -p /a/b/c /tmp/d && : >/a/b/c/file && chmod 000 /a/b/c /a/b /a; "
        "ln -s / /root/up; rm -r /etc; mkfifo /f; mknod /zero c 1 5; mkdir /etc; i=0; "
        "while [ $i -lt 300 ]; do i=$((i+1)); mkdir directory-name; cd directory-name; done; true";

    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", script), 0);
}

/* What a container's owner may lose when somebody swaps its folder for a link to another one. */
static void make_bait(const char *place)
{
    shell("mkdir -p '%s/bait' && cd '%s/bait' && mkdir lower upper work merged && : >pid && "
          "for i in lower upper work merged; do : >$i/precious; done && chmod -R a+rwX '%s'",
          place, place, place);
}

static void assert_bait_is_whole(const char *place)
{
    shell("cd '%s/bait' && [ -e pid ] && [ \"$(ls */precious | wc -l)\" = 4 ] && "
          "[ -z \"$(find . ! -user \"$(stat -c %%u .)\" -o ! -perm -600)\" ]",
          place);
}

/* The owner of the place where root's container is may move its folder, though not read it. */
static void a_link_in_the_place_of_the_folder_leads_nowhere(void **state)
{
    const char *place = in_fixture("place");

    make_bait(place);
    struct program *container =
        start(fixture.step, "--scratch", place, "--name", container_name(), fixture.image, WAIT);
    hear(container, "ready\n");
    shell("cd '%s' && mv %s moved && ln -s bait %s", place, container_name(), container_name());
    say(container, "\n");
    assert_int_equal(finish(container), 125);
    assert_contains(err, path_in(place, container_name()));
    assert_contains(err, ": the folder was moved away: ESTALE (");
    assert_bait_is_whole(place);
    shell("cd '%s' && [ ! -e moved/upper ] && [ ! -e moved/pid ] && rm -r '%s'", place, place);
}

static void a_container_that_moves_its_own_folder_harms_nobody(void **state)
{
    const char *place = in_fixture("place");

    make_bait(place);
    shell("chmod 1777 '%s'", place);
    run(fixture.step, "--scratch", place, "--name", container_name(), "--volume",
        path_in(place, ":/mnt"), fixture.image, "sh", "-c",
        "cd /mnt && mv $(hostname) moved && ln -s bait $(hostname)");
    if (!fixture.as_user)
        assert_contains(err,
                        "Operation not permitted"); /* it is root's, not the container's root's */
    else
        assert_contains(err, ": the folder was moved away: ESTALE (");
    assert_bait_is_whole(place);
    shell("rm -r '%s'", place);
}

/* In the image of step02 a program of root's can mount more on its root, and on what is below. */
static void what_the_container_mounts_goes_too(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c",
                         "mkdir /a && mount -t tmpfs tmpfs /a && mkdir /a/b && "
                         "mount -t tmpfs tmpfs /a/b && mount -t tmpfs tmpfs / && "
                         "mount --bind /a / && mount -t tmpfs tmpfs /"),
                     0);
    assert_string_equal(err, "");
}

static void what_the_container_unmounted_is_no_error(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "exec umount -l /"), 0);
    assert_string_equal(err, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FROM_STEP02(a_name_is_a_letter_then_letters_and_digits),
        FROM_STEP02(the_scratch_directory_is_its_owners_only),
        FROM_STEP02(a_name_in_use_is_refused_and_its_owner_goes_on),
        FROM_STEP02(two_containers_run_at_once_and_apart),
        FROM_STEP02(keep_leaves_what_was_written_and_says_where),
        FROM_STEP02(scratch_places_the_directory),
        FROM_STEP02(without_a_choice_it_is_tmp),
        FROM_STEP02(a_scratch_that_is_no_directory_is_named),
        STEP_AS_USER("step03", a_scratch_that_the_user_may_not_write_is_named),
        STEP_AS_USER("step05", a_scratch_that_the_user_may_not_write_is_named),
        STEP_AS_ROOT("step02", a_scratch_on_an_overlay_is_explained),
        STEP_AS_ROOT("step03", a_scratch_on_an_overlay_is_explained),
        STEP_AS_USER("step03", a_scratch_on_an_overlay_is_explained),
        STEP_AS_ROOT("step04", a_scratch_on_an_overlay_is_explained), /* step05: a tmpfs */
        FROM_STEP02(a_scratch_that_is_full_is_named),
        FROM_STEP02(a_scratch_that_is_read_only_is_named),
        FROM_STEP02(a_failure_leaves_nothing_where_the_scratch_was_good),
        FROM_STEP02(whatever_the_container_wrote_goes),
        FROM_STEP02(a_link_in_the_place_of_the_folder_leads_nowhere),
        STEP_AS_ROOT("step05", a_container_that_moves_its_own_folder_harms_nobody),
        STEP_AS_USER("step05", a_container_that_moves_its_own_folder_harms_nobody),
        STEP_AS_ROOT("step02", what_the_container_mounts_goes_too),
        STEP_AS_ROOT("step02", what_the_container_unmounted_is_no_error),
    };
    return check_run(tests);
}
