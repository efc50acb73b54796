#include "check.h"
#include "file.h"
#include "files.h"
#include "inside.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *folder;
static struct scratch s;

static int rename_error; /* of the rename that replaces nothing */

int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    assert_int_equal(flags, RENAME_NOREPLACE);
    return rename_error ? refuse(rename_error)
                        : (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

static int make(const char *name)
{
    s = (struct scratch){.keep = false};
    return CATCH(scratch_make(&s, folder, name));
}

static void the_folder_is_made_entered_and_removed(void **state)
{
    struct stat status;

    assert_int_equal(make("web"), 0);
    assert_string_equal(caught, "");
    assert_string_equal(s.dir, path_in(folder, "web"));
    assert_int_equal(lstat(s.dir, &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0700);
    assert_int_equal(scratch_enter(&s), 0);
    write_file("file", "");
    assert_true(exists(path_in(folder, "web/file")));
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(scratch_remove(&s), 0);
    assert_false(exists(path_in(folder, "web")));
    assert_int_equal(scratch_remove(&s), 0); /* there is none now */
}

static void its_mode_does_not_hang_on_the_umask(void **state)
{
    static const mode_t masks[] = {0, 022, 027, 077, 0777};
    struct stat status;

    for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
        mode_t before = umask(masks[i]);
        int result = make("web");
        assert_int_equal(umask(before), masks[i]);
        assert_int_equal(result, 0);
        assert_int_equal(lstat(s.dir, &status), 0);
        assert_int_equal(status.st_mode, S_IFDIR | 0700);
        assert_int_equal(scratch_remove(&s), 0);
    }
}

static int hold(const char *name)
{
    struct scratch other = {.keep = false};
    cleanup_fd int place = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int result = scratch_hold(&other, place, name);

    if (result == 0)
        file_close(&other.fd);
    return result;
}

/* The lock is there as long as one process has the descriptor, and no longer. */
static void the_folder_is_locked_until_its_last_holder_is_gone(void **state)
{
    assert_int_equal(make("web"), 0);
    assert_true(scratch_is_marked(&s));
    struct scratch first = s;
    int copy = dup(s.fd);
    assert_int_equal(hold("web"), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(make("web"), -1);
    assert_int_equal(errno, EEXIST);
    assert_contains(caught, "/web: EEXIST (File exists)\n");
    assert_contains(caught, "hint: the name is in use: a container of that name runs; choose ");
    assert_string_equal(s.dir, ""); /* the second, which made nothing */
    shell("[ \"$(ls -A '%s')\" = web ]", folder);
    scratch_close(&first);
    assert_int_equal(hold("web"), -1);
    close(copy);
    assert_int_equal(hold("web"), 0);
    shell("rm -r '%s/web'", folder);
}

static void without_its_holder_it_can_be_taken_and_removed(void **state)
{
    cleanup_fd int place = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

    s = (struct scratch){.keep = true};
    assert_int_equal(CATCH(scratch_make(&s, folder, "kept")), 0);
    scratch_close(&s);
    s = (struct scratch){.keep = false};
    assert_int_equal(scratch_hold(&s, place, "kept"), 0);
    assert_true(scratch_is_marked(&s));
    assert_true(s.keep); /* as its container had it */
    close(s.fd);
    shell("rm -r '%s'/*", folder);
}

static void what_others_can_change_is_not_held(void **state)
{
    shell("cd '%s' && mkdir -m 770 group && mkdir -m 702 others && mkdir dir && ln -s dir link && "
          ": >file",
          folder);
    assert_int_equal(hold("group"), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(hold("others"), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(hold("link"), -1);
    assert_int_equal(hold("file"), -1);
    assert_int_equal(hold("nothing"), -1);
    assert_int_equal(hold("dir"), 0);
    shell("rm -r '%s'/*", folder);
}

/* Some network file systems cannot rename in this way. */
static void a_place_without_that_rename_is_used_too(void **state)
{
    rename_error = EINVAL;
    assert_int_equal(make("web"), 0);
    struct scratch first = s;
    assert_int_equal(make("web"), -1);
    assert_int_equal(errno, EEXIST);
    shell("cd '%s' && mkdir empty && [ \"$(ls -A)\" = \"$(printf 'empty\nweb')\" ]", folder);
    assert_int_equal(make("empty"), -1);
    assert_int_equal(errno, EEXIST);
    assert_int_equal(scratch_remove(&first), 0);
    rename_error = EIO;
    assert_int_equal(make("web"), -1);
    assert_int_equal(errno, EIO);
    rename_error = 0;
    shell("cd '%s' && rmdir empty && [ -z \"$(ls -A)\" ]", folder);
}

static void keep_leaves_upper_alone_and_says_where(void **state)
{
    assert_int_equal(make("web"), 0);
    shell("cd '%s' && mkdir upper work && echo written >upper/file && ln -s / lower", s.dir);
    s.keep = true;
    assert_int_equal(CATCH(scratch_remove(&s)), 0);
    assert_string_equal(caught + strlen("container: kept "), path_in(folder, "web/upper\n"));
    shell("cd '%s/web' && [ \"$(ls -A)\" = upper ] && [ \"$(cat upper/file)\" = written ]", folder);
    shell("rm -r '%s/web'", folder);
}

/* A container with the folder above it as a volume can do this. */
static void a_folder_that_was_moved_is_emptied_and_reported(void **state)
{
    assert_int_equal(make("web"), 0);
    shell("cd '%s' && mkdir bait web/upper bait/upper && : >bait/upper/precious && mv web moved && "
          "ln -s bait web",
          folder);
    assert_int_equal(CATCH(scratch_remove(&s)), -1);
    assert_int_equal(errno, ESTALE);
    assert_contains(caught, "/web: the folder was moved away: ESTALE (");
    shell("cd '%s' && [ -e bait/upper/precious ] && [ -L web ] && [ ! -e moved/upper ]", folder);
    shell("cd '%s' && rm -r bait web moved", folder);
}

static void a_folder_with_another_name_above_it_is_still_found(void **state)
{
    shell("mkdir '%s/parent'", folder);
    s = (struct scratch){.keep = false};
    assert_int_equal(scratch_make(&s, path_in(folder, "parent"), "web"), 0);
    shell("cd '%s' && mv parent moved && mkdir -p parent/web/upper", folder);
    assert_int_equal(CATCH(scratch_remove(&s)), 0);
    shell("cd '%s' && rmdir moved parent/web/upper parent/web parent", folder);
}

static void another_folder_in_its_place_is_not_entered(void **state)
{
    char before[PATH_MAX];

    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(make("web"), 0);
    shell("cd '%s' && mv web moved && mkdir web", folder);
    assert_int_equal(CATCH(scratch_enter(&s)), -1);
    assert_int_equal(errno, ESTALE);
    assert_contains(caught, "/web is not the container's folder any more: ESTALE");
    assert_int_equal(chdir(before), 0);
    shell("cd '%s' && rmdir web", folder);
    assert_int_equal(CATCH(scratch_enter(&s)), -1);
    assert_contains(caught, "container: chdir to ");
    assert_contains(caught, "/web: ENOENT (No such file or directory)\n");
    shell("cd '%s' && mv moved web", folder);
    assert_int_equal(scratch_remove(&s), 0);
    assert_int_equal(chdir(before), 0);
}

static int mount_and_remove(void)
{
    INSIDE_CHECK(scratch_make(&s, folder, "web") == 0);
    shell("cd '%s/web' && mkdir merged precious work && : >precious/file && : >work/file", folder);
    INSIDE_CHECK(chdir(s.dir) == 0);
    INSIDE_CHECK(mount("precious", "merged", NULL, MS_BIND, NULL) == 0 && chdir("/") == 0);
    /* Not yet removed, or not at all: whichever comes first. */
    shell("mv '%s/web/precious' '%s/precious'", folder, folder);
    INSIDE_CHECK(scratch_remove(&s) == -1 && errno == EBUSY);
    INSIDE_CHECK(exists(path_in(folder, "precious/file")));
    return 0;
}

static void nothing_is_removed_through_a_mount(void **state)
{
    catch_begin();
    assert_inside(mount_and_remove);
    catch_end(0);
    assert_contains(caught, "/web/merged: EBUSY (Device or resource busy)\n");
    assert_contains(caught, "container: hint: something is mounted there");
    shell("cd '%s' && rm -r precious web", folder);
}

static void a_place_that_is_not_there_is_reported(void **state)
{
    s = (struct scratch){.keep = false};
    assert_int_equal(CATCH(scratch_make(&s, "/no/such", "web")), -1);
    assert_int_equal(errno, ENOENT);
    assert_string_equal(caught, "container: find the scratch directory /no/such: ENOENT (No such "
                                "file or directory)\n");
    assert_int_equal(CATCH(scratch_make(&s, "/dev/null", "web")), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_contains(caught, "hint: --scratch DIR");
    assert_int_equal(scratch_remove(&s), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_folder_is_made_entered_and_removed),
        cmocka_unit_test(its_mode_does_not_hang_on_the_umask),
        cmocka_unit_test(the_folder_is_locked_until_its_last_holder_is_gone),
        cmocka_unit_test(without_its_holder_it_can_be_taken_and_removed),
        cmocka_unit_test(what_others_can_change_is_not_held),
        cmocka_unit_test(a_place_without_that_rename_is_used_too),
        cmocka_unit_test(keep_leaves_upper_alone_and_says_where),
        cmocka_unit_test(a_folder_that_was_moved_is_emptied_and_reported),
        cmocka_unit_test(a_folder_with_another_name_above_it_is_still_found),
        cmocka_unit_test(another_folder_in_its_place_is_not_entered),
        cmocka_unit_test(nothing_is_removed_through_a_mount),
        cmocka_unit_test(a_place_that_is_not_there_is_reported),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
