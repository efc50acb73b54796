/* Places are parsed here. How they are opened is told by the tests of the volumes. */
#include "check.h"
#include "files.h"
#include "inside.h"
#include "mount_fd.h"
#include "place.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char place[PATH_MAX];

static void a_place_has_one_spelling(void **state)
{
    static const char *const same[][2] = {
        {"/a", "/a"},         {"/a/b", "/a/b"},       {"//a", "/a"},          {"/a/", "/a"},
        {"/a//b///", "/a/b"}, {"/./a/./b/.", "/a/b"}, {"/..a", "/..a"},       {"/a/...", "/a/..."},
        {"/.a/b.", "/.a/b."}, {"/proc2", "/proc2"},   {"/a/proc", "/a/proc"},
    };

    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        assert_int_equal(place_parse(same[i][0], place), 0);
        assert_string_equal(place, same[i][1]);
    }
}

static void what_is_no_place_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",       "a",       "..",    "./a",      "/",      "//",         "/.",        "/./",
        "/..",    "/../a",   "/a/..", "/a/../b",  "/a/../", "/proc",      "//proc",    "/./proc",
        "/proc/", "/proc/.", "/dev",  "///dev/x", "/sys",   "/sys//fs/x", "/.//./sys",
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        errno = 0;
        if (place_parse(wrong[i], place) != -1)
            fail_msg("'%s' is accepted", wrong[i]);
        assert_int_equal(errno, EINVAL);
    }
}

/* The kernel would refuse it, but only after a part of it was made. */
static void a_path_that_is_too_long_is_refused(void **state)
{
    char text[PATH_MAX + 1];

    memset(text, 'a', sizeof(text));
    text[0] = '/';
    text[PATH_MAX] = '\0';
    assert_int_equal(place_parse(text, place), -1);
    text[PATH_MAX - 1] = '\0';
    assert_int_equal(place_parse(text, place), 0);
    assert_string_equal(place, text);
}

static void depth_is_the_number_of_names(void **state)
{
    assert_int_equal(place_depth("/a"), 1);
    assert_int_equal(place_depth("/a/b/c"), 3);
}

/* /tmp becomes a tmpfs, and its folder the root. */
static bool begin(const char *script)
{
    int mount = mount_fd_new("tmpfs", NULL, 0);

    if (mount < 0 || mount_fd_attach(mount, "/tmp") < 0 || chdir("/tmp") < 0)
        return false;
    shell("mkdir -p root/proc && cd root && mount -o rbind /proc proc && %s", script);
    return chroot("root") == 0 && chdir("/") == 0;
}

static bool leads(const char *from, const char *to)
{
    strcpy(place, from);
    place_resolve(place);
    if (strcmp(place, to) != 0)
        fprintf(stderr, "%s leads to %s, not to %s\n", from, place, to);
    return strcmp(place, to) == 0;
}

static int resolve(void)
{
    INSIDE_CHECK(begin("mkdir -p a/b 'c d' && ln -s /a/b l && ln -s ../l a/m && ln -s 'c d' e && "
                       "ln -s nowhere n && ln -s loop loop && ln -s proc/self p && ln -s / top"));
    INSIDE_CHECK(leads("/a/b", "/a/b") && leads("/new", "/new") && leads("/new/er", "/new/er"));
    INSIDE_CHECK(leads("/l", "/a/b") && leads("/l/x/y", "/a/b/x/y") && leads("/a/m", "/a/b"));
    INSIDE_CHECK(leads("/e/f g", "/c d/f g") && leads("/top/l", "/a/b") && leads("/top/x", "/x"));
    INSIDE_CHECK(leads("/n", "/n") && leads("/n/x", "/n/x") && leads("/a/n", "/a/n"));
    INSIDE_CHECK(leads("/loop", "/loop") && leads("/loop/x", "/loop/x"));
    INSIDE_CHECK(leads("/p", "/p") && leads("/p/root", "/p/root") && leads("/top", "/top"));
    INSIDE_CHECK(leads("/top/proc", "/top/proc") && leads("/top/dev/x", "/top/dev/x"));
    return 0;
}

static void links_lead_to_other_places_of_the_root_only(void **state)
{
    assert_inside(resolve);
}

static bool refuses(const char *path, int error, const char *hint)
{
    int fd = CATCH(place_open(path, true));

    return fd == -1 && errno == error && strstr(caught, hint);
}

static int hint(void)
{
    INSIDE_CHECK(begin("ln -s '/some\twhere' l && mkdir a && mount -t tmpfs none a && "
                       "ln -s b a/l && mount -o remount,bind,ro a && : >f"));
    INSIDE_CHECK(refuses("/l", ELOOP, "hint: l is a link to /some?where there. "));
    INSIDE_CHECK(refuses("/a/l/x", ELOOP, "hint: l is a link to b there. "));
    INSIDE_CHECK(refuses("/a/b/c", EROFS, "hint: b is not there, and the container's root may "));
    INSIDE_CHECK(refuses("/f/x", ENOTDIR, "hint: a folder is mounted on a folder only, ") &&
                 strstr(caught, ": f is the other\n"));
    return 0;
}

static void a_refusal_says_what_is_in_the_way(void **state)
{
    assert_inside(hint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_has_one_spelling),
        cmocka_unit_test(what_is_no_place_is_refused),
        cmocka_unit_test(a_path_that_is_too_long_is_refused),
        cmocka_unit_test(depth_is_the_number_of_names),
        cmocka_unit_test(links_lead_to_other_places_of_the_root_only),
        cmocka_unit_test(a_refusal_says_what_is_in_the_way),
    };
    return check_run(tests);
}
