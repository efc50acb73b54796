/* Volumes are parsed here. They are mounted in a child whose root is a folder of a few files. */
#include "check.h"
#include "files.h"
#include "inside.h"
#include "mount_fd.h"
#include "volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct volumes list;

static int parse_volume(const char *text)
{
    return CATCH(volumes_parse(text, &list));
}

static int parse_tmpfs(const char *text)
{
    return CATCH(volumes_parse_tmpfs(text, &list));
}

static void a_volume_has_a_source_and_a_target(void **state)
{
    static const char *const right[] = {"/a:/b",     "a:/c",    "/a:/d:ro",  "/a:/e:rw",
                                        "/a:b:/f",   "/a:/g/h", "/:/host",   "/a:/proc2",
                                        "/a://i//j", "/a:/k/",  "/a:/./l/.", "/a:/..m"};

    list = (struct volumes){0};
    for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
        if (parse_volume(right[i]) != 0)
            fail_msg("'%s' is refused: %s", right[i], caught);
    assert_int_equal(list.binds.count, sizeof(right) / sizeof(*right));
}

static void assert_refused(int (*parse)(const char *), const char *text, const char *message)
{
    list = (struct volumes){0};
    if (parse(text) != -1)
        fail_msg("'%.80s' is accepted", text);
    assert_int_equal(errno, EINVAL);
    assert_contains(caught, message);
    assert_int_equal(list.binds.count + list.tmpfs.count, 0);
}

static void what_is_no_volume_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",         ":",       "/a",       "/a:",       ":/b",         "a:b",
        "/a:b",     "/a:/",    "/a:/..",   "/a:/../b",  "/a:/b/..",    "/a:/b/../c",
        "/a:/b:",   "/a:ro",   ":/b:ro",   "/a::ro",    "/a:/b:x",     "/a:..",
        "/a:/proc", "/a:/sys", "/a:/dev/", "/a:/dev/x", "/a:/b:ro:ro",
    };
    char longest[9000];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_refused(parse_volume, wrong[i], "(wanted: SRC:DST or SRC:DST:ro, ");
    memset(longest, 'a', sizeof(longest) - 1);
    memcpy(longest, "/a:/", 4);
    longest[sizeof(longest) - 1] = '\0';
    assert_refused(parse_volume, longest, "(wanted: SRC:DST");
}

static void a_tmpfs_has_a_target_only(void **state)
{
    static const char *const wrong[] = {
        "", "/", "a", "..", "/..", "/a/../b", "/dev", "//dev", "/run:size=1m", "/run:", "/run:rw"};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_refused(parse_tmpfs, wrong[i], "(wanted: an absolute path without ..");
    assert_int_equal(parse_tmpfs("/run"), 0);
    assert_int_equal(parse_tmpfs("/a/b"), 0);
    assert_int_equal(list.tmpfs.count, 2);
}

/* The one mounted last would hide the other. */
static void a_place_is_given_once(void **state)
{
    static const char *const again[] = {"/a/b", "//a/b", "/a//b", "/a/b/", "/a/./b", "/./a/b/."};
    char text[64];

    for (size_t i = 0; i < 2 * sizeof(again) / sizeof(*again); i++) {
        list = (struct volumes){0};
        assert_int_equal(i % 2 ? parse_tmpfs("/a/b/") : parse_volume("/x:/a/b:ro"), 0);
        snprintf(text, sizeof(text), "/y:%s", again[i / 2]);
        assert_int_equal(parse_tmpfs(again[i / 2]), -1);
        assert_int_equal(errno, EEXIST);
        assert_int_equal(parse_volume(text), -1);
        assert_contains(caught, "two mounts on /a/b, by --volume or --tmpfs: EEXIST");
        assert_int_equal(parse_volume("/x:/a"), 0); /* the same source, and what is above */
        assert_int_equal(parse_tmpfs("/a/b/c"), 0);
    }
}

static bool foreign;

bool __wrap_overlay_is_foreign(const struct overlay *o)
{
    return foreign;
}

/* The storage is on the disk here: so a tmpfs is wanted, and none is made. */
static const char *tmp_for(const char *dir, bool read_only)
{
    struct overlay o = {.folder.keep = true};

    assert_int_equal(chdir(dir), 0);
    CATCH(volumes_open_tmpfs(&list, &o, read_only));
    return list.tmpfs.count ? list.tmpfs.items[0] : "none";
}

static void a_foreign_image_gets_a_tmp_where_it_has_a_folder_or_none(void **state)
{
    const char *dir = new_folder();

    shell("mkdir -p %s/lower/tmp", dir);
    list = (struct volumes){0};
    assert_string_equal(tmp_for(dir, false), "none");
    foreign = true;
    assert_string_equal(tmp_for(dir, true), "none");
    assert_string_equal(tmp_for(dir, false), "/tmp");
    assert_lacks(caught, "/tmp is an empty folder"); /* it is not there yet */
    assert_true(list.has_own_tmp);
    tmp_for(dir, false);
    assert_int_equal(list.tmpfs.count, 1);
    list = (struct volumes){0};
    shell("rmdir %s/lower/tmp && ln -s / %s/lower/tmp", dir, dir);
    assert_string_equal(tmp_for(dir, false), "none");
    shell("rm -r %s/lower", dir);
    assert_string_equal(tmp_for(dir, false), "/tmp");
    shell("rmdir %s", dir);
    foreign = false;
}

/* The host has /tmp/folder and /tmp/file; /tmp/root becomes the root. */
static bool begin(void)
{
    int mount = mount_fd_new("tmpfs", NULL, 0);

    if (mount < 0 || mount_fd_attach(mount, "/tmp") < 0 || chdir("/tmp") < 0)
        return false;
    shell(
        "mkdir -p folder root/there root/real root/proc root/run; echo text >file; echo "
        ">folder/inner; "
        "ln -s real root/link; ln -s /nowhere root/dangling; echo old >root/old; "
        "mkdir root/deep; ln -s ../real root/deep/link; mkfifo root/fifo; "
        "ln -s /proc root/proc.link; ln -s / root/top; ln -s /deep/link root/twice; "
        "ln -s ../../../../run root/deep/up; echo >root/real/file; ln -s real/file root/file.link; "
        "mount -o rbind /proc root/proc");
    return true;
}

static int mount_at(const char *volume, const char *tmpfs)
{
    struct volumes v = {.binds = {{volume}, volume != NULL}, .tmpfs = {{tmpfs}, tmpfs != NULL}};

    struct overlay o = {0};

    if (volumes_open(&v) < 0)
        return -1;
    if (volumes_open_tmpfs(&v, &o, false) < 0)
        return -1;
    if (chroot("root") < 0 || chdir("/") < 0)
        return -2;
    return volumes_attach(&v);
}

/* The working directory is the root from then on, as in a container. */
#define IN_A_CONTAINER(name, volume, tmpfs, condition)                                             \
    static int name(void)                                                                          \
    {                                                                                              \
        INSIDE_CHECK(begin());                                                                     \
        int result = mount_at(volume, tmpfs);                                                      \
        INSIDE_CHECK(condition);                                                                   \
        return 0;                                                                                  \
    }

/*
 * Another container has the same volume. At the moment after the target was looked up, it puts a
 * link to /real in the place of the folder on the way.
 */
static const char *swapped, *watched;

static void swap(void)
{
    if (swapped && renameat2(AT_FDCWD, swapped, AT_FDCWD, "/deep/link", RENAME_EXCHANGE) == 0)
        swapped = NULL;
}

int __real_open64(const char *path, int flags, mode_t mode);
int __wrap_open64(const char *path, int flags, mode_t mode)
{
    if (watched && strcmp(path, watched) == 0)
        swap();
    return __real_open64(path, flags, mode);
}

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    const char *path;

    memcpy(&path, &b, sizeof(path));
    if (watched &&
        (number == SYS_move_mount || (number == SYS_openat2 && strcmp(path, watched) == 0)))
        swap();
    return __real_syscall(number, a, b, c, d, e, f);
}

static bool may_write(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool holds(const char *path, const char *text)
{
    const char *found = read_file(path);
    return found && strcmp(found, text) == 0;
}

IN_A_CONTAINER(mount_folder, "/tmp/folder:/there", NULL,
               result == 0 && exists("/there/inner") && may_write("/there/new"))
IN_A_CONTAINER(mount_read_only, "/tmp/folder:/there:ro", NULL,
               result == 0 && exists("/there/inner") && !may_write("/there/new") && errno == EROFS)
IN_A_CONTAINER(mount_relative, "folder:/there", NULL, result == 0 && exists("/there/inner"))
IN_A_CONTAINER(mount_on_nothing, "/tmp/folder:/a//b/c/", NULL,
               result == 0 && exists("/a/b/c/inner"))
IN_A_CONTAINER(mount_file, "/tmp/file:/old", NULL, result == 0 && holds("/old", "text\n"))
IN_A_CONTAINER(mount_file_on_nothing, "/tmp/file:/a/b", NULL,
               result == 0 && holds("/a/b", "text\n"))
IN_A_CONTAINER(mount_file_on_fifo, "/tmp/file:/fifo", NULL, result == 0 && holds("/fifo", "text\n"))
IN_A_CONTAINER(mount_memory, NULL, "/a/b", result == 0 && may_write("/a/b/x"))

static void volumes_are_mounted_and_what_is_missing_is_made(void **state)
{
    assert_inside(mount_folder);
    assert_inside(mount_read_only);
    assert_inside(mount_relative);
    assert_inside(mount_on_nothing);
    assert_inside(mount_file);
    assert_inside(mount_file_on_nothing);
    assert_inside(mount_file_on_fifo);
    assert_inside(mount_memory);
}

IN_A_CONTAINER(on_link, "/tmp/folder:/link", NULL, result == 0 && exists("/real/inner"))
IN_A_CONTAINER(through_link, "/tmp/folder:/link/new", NULL,
               result == 0 && exists("/real/new/inner"))
IN_A_CONTAINER(through_two_links, "/tmp/folder:/twice/new/newer", NULL,
               result == 0 && exists("/real/new/newer/inner"))
IN_A_CONTAINER(through_the_root, "/tmp/folder:/top/top/there", NULL,
               result == 0 && exists("/there/inner"))
IN_A_CONTAINER(no_higher_than_the_root, "/tmp/folder:/deep/up", NULL,
               result == 0 && exists("/run/inner"))
IN_A_CONTAINER(file_on_link, "/tmp/file:/file.link", NULL,
               result == 0 && holds("/real/file", "text\n"))
IN_A_CONTAINER(memory_on_link, NULL, "/link", result == 0 && may_write("/real/x"))
IN_A_CONTAINER(on_one_place, "/tmp/folder:/link", "/real",
               result == -1 && errno == EEXIST && !exists("/real/inner"))

static void a_link_of_the_image_is_followed_in_the_image(void **state)
{
    assert_inside(on_link);
    assert_inside(through_link);
    assert_inside(through_two_links);
    assert_inside(through_the_root);
    assert_inside(no_higher_than_the_root);
    assert_inside(file_on_link);
    assert_inside(memory_on_link);
    assert_inside(on_one_place);
}

#define REFUSED             (result == -1 && !exists("/real/inner") && !exists("/nowhere"))
#define LINK_REFUSED(there) (errno == ELOOP && REFUSED && exists(there))
IN_A_CONTAINER(no_source, "/tmp/none:/there", NULL, result == -1 && errno == ENOENT)
IN_A_CONTAINER(on_proc, "/tmp/folder:/proc.link", NULL, LINK_REFUSED("/proc/self"))
IN_A_CONTAINER(in_proc, "/tmp/folder:/proc.link/self", NULL, LINK_REFUSED("/proc/self/fd"))
IN_A_CONTAINER(on_proc_by_the_root, "/tmp/folder:/top/proc", NULL, LINK_REFUSED("/proc/self"))
IN_A_CONTAINER(on_dev_by_the_root, "/tmp/folder:/top/dev", NULL, REFUSED && !exists("/dev"))
IN_A_CONTAINER(on_the_root, "/tmp/folder:/top", NULL, LINK_REFUSED("/"))
IN_A_CONTAINER(file_on_dangling, "/tmp/file:/dangling", NULL, LINK_REFUSED("/"))
IN_A_CONTAINER(on_dangling, "/tmp/folder:/dangling", NULL, LINK_REFUSED("/"))
IN_A_CONTAINER(folder_on_file, "/tmp/folder:/old", NULL,
               result == -1 && errno == ENOTDIR && holds("/old", "old\n"))
IN_A_CONTAINER(file_on_folder, "/tmp/file:/there", NULL, result == -1 && errno == EISDIR)
IN_A_CONTAINER(below_file, "/tmp/folder:/old/new", NULL, result == -1 && errno == ENOTDIR)
IN_A_CONTAINER(on_fifo, "/tmp/folder:/fifo", NULL, result == -1 && errno == ENOTDIR)
IN_A_CONTAINER(memory_on_file, NULL, "/old", result == -1 && errno == ENOTDIR)

static void what_leads_elsewhere_or_is_another_kind_is_refused(void **state)
{
    int (*const cases[])(void) = {
        no_source,        on_proc,     in_proc,        on_proc_by_the_root, on_dev_by_the_root,
        on_the_root,      on_dangling, folder_on_file, file_on_folder,      below_file,
        file_on_dangling, on_fifo,     memory_on_file};

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_inside(cases[i]);
}

static int mount_while_swapped(const char *volume, const char *tmpfs, const char *target)
{
    INSIDE_CHECK(begin());
    shell("mkdir root/deep/way root/real/new; echo old >root/real/file");
    swapped = "/deep/way";
    watched = target;
    int result = mount_at(volume, tmpfs);
    INSIDE_CHECK(result == 0 && !swapped);
    INSIDE_CHECK(!exists("/real/new/inner") && holds("/real/file", "old\n"));
    INSIDE_CHECK(may_write("/real/new/x")); /* no tmpfs, so it stays when that is gone */
    return 0;
}

static int swap_folder(void)
{
    INSIDE_CHECK(mount_while_swapped("/tmp/folder:/deep/way/new", NULL, "/deep/way/new") == 0);
    INSIDE_CHECK(exists("/deep/link/new/inner")); /* this is where the folder is now */
    return 0;
}

static int swap_file(void)
{
    INSIDE_CHECK(mount_while_swapped("/tmp/file:/deep/way/file", NULL, "/deep/way/file") == 0);
    INSIDE_CHECK(holds("/deep/link/file", "text\n"));
    return 0;
}

static int swap_memory(void)
{
    struct stat here, real;

    INSIDE_CHECK(mount_while_swapped(NULL, "/deep/way/new", "/deep/way/new") == 0);
    INSIDE_CHECK(stat("/deep/link/new", &here) == 0 && stat("/real/new", &real) == 0 &&
                 (here.st_mode & 07777) == 01777 && (real.st_mode & 07777) != 01777);
    return 0;
}

static void a_target_that_is_swapped_meanwhile_leads_nowhere_else(void **state)
{
    assert_inside(swap_folder);
    assert_inside(swap_file);
    assert_inside(swap_memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_volume_has_a_source_and_a_target),
        cmocka_unit_test(what_is_no_volume_is_refused),
        cmocka_unit_test(a_tmpfs_has_a_target_only),
        cmocka_unit_test(a_place_is_given_once),
        cmocka_unit_test(a_foreign_image_gets_a_tmp_where_it_has_a_folder_or_none),
        cmocka_unit_test(volumes_are_mounted_and_what_is_missing_is_made),
        cmocka_unit_test(a_link_of_the_image_is_followed_in_the_image),
        cmocka_unit_test(what_leads_elsewhere_or_is_another_kind_is_refused),
        cmocka_unit_test(a_target_that_is_swapped_meanwhile_leads_nowhere_else),
    };
    return check_run(tests);
}
