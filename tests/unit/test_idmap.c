#include "check.h"
#include "idmap.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uid_t caller;
static const char *own_map, *refused_path;
static int write_error, read_error;
static char written[1 << 14]; /* a line for each write: "path: text" */

uid_t __wrap_geteuid(void)
{
    return caller;
}

gid_t __wrap_getegid(void)
{
    return caller + 1;
}

int __wrap_file_read(const char *path, char *text, size_t size)
{
    assert_contains(path, "/proc/self/");
    snprintf(text, size, "%s", own_map);
    return refuse(read_error);
}

int __wrap_file_write(const char *path, const char *text)
{
    size_t length = strlen(written);

    snprintf(written + length, sizeof(written) - length, "%s: %s\n", path, text);
    return refuse(write_error && strstr(path, refused_path) ? write_error : 0);
}

static char hints[64]; /* the capabilities that were looked for */

bool __wrap_privilege_hint(int capability)
{
    strcat(hints, capability == CAP_SETFCAP  ? "CAP_SETFCAP "
                  : capability == CAP_SETUID ? "CAP_SETUID "
                                             : "CAP_SETGID ");
    return false;
}

static const char *broken; /* this map can be opened, but not read */

FILE *__real_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode)
{
    assert_string_equal(path, "/proc/self/gid_map");
    if (read_error)
        return refuse(read_error), NULL;
    return broken ? __real_fopen64(broken, mode) : fmemopen((void *)own_map, strlen(own_map), "r");
}

static int has(const char *map, unsigned first, unsigned count)
{
    own_map = map;
    return CATCH(idmap_has("gid_map", first, count));
}

static void ids_are_looked_for_in_each_range(void **state)
{
    static const char *const map = "0 1000 1\n   100 100000   65536\n";

    read_error = 0;
    assert_int_equal(has(map, 0, 1), 1);
    assert_int_equal(has(map, 1, 1), 0);
    assert_int_equal(has(map, 0, 2), 0);
    assert_int_equal(has(map, 99, 2), 0);
    assert_int_equal(has(map, 100, 65536), 1);
    assert_int_equal(has(map, 101, 65536), 0);
    assert_int_equal(has(map, 65635, 1), 1);
    assert_int_equal(has(map, 65636, 1), 0);
    assert_int_equal(has("0 0 4294967295\n", 4294967294, 1), 1);
    assert_int_equal(has("0 0 4294967295\n", 4294967295, 1), 0);
    assert_int_equal(has("\n", 0, 1), 0);
    assert_string_equal(caught, "");
}

static void a_map_that_cannot_be_read_says_so(void **state)
{
    read_error = ENOENT;
    assert_int_equal(has("", 0, 1), -1);
    assert_int_equal(errno, ENOENT);
    assert_contains(caught, "container: open /proc/self/gid_map: ENOENT");
    read_error = 0;
    broken = "/";
    assert_int_equal(has("", 0, 1), -1);
    broken = NULL;
    assert_int_equal(errno, EISDIR);
    assert_contains(caught, "container: read /proc/self/gid_map: EISDIR");
}

static int write_maps(uid_t uid, const char *map, const char *path, int error)
{
    caller = uid;
    own_map = map;
    refused_path = path;
    write_error = error;
    read_error = 0;
    written[0] = hints[0] = '\0';
    return CATCH(idmap_write(42));
}

static void a_user_maps_its_own_id_to_root_and_gives_up_setgroups(void **state)
{
    assert_int_equal(write_maps(1000, "", "", 0), 0);
    assert_string_equal(caught, "");
    assert_string_equal(written, "/proc/42/setgroups: deny\n"
                                 "/proc/42/uid_map: 0 1000 1\n"
                                 "/proc/42/gid_map: 0 1001 1\n");
}

static void root_maps_all_that_it_has_onto_itself(void **state)
{
    assert_int_equal(write_maps(0, "         0          0 4294967295", "", 0), 0);
    assert_string_equal(written, "/proc/42/uid_map: 0 0 4294967295\n"
                                 "/proc/42/gid_map: 0 0 4294967295\n");
}

static void root_of_another_user_namespace_maps_what_it_has_there(void **state)
{
    assert_int_equal(write_maps(0, "0 1000 1\n1 100000 65536", "", 0), 0);
    assert_string_equal(written, "/proc/42/uid_map: 0 0 1\n1 1 65536\n"
                                 "/proc/42/gid_map: 0 0 1\n1 1 65536\n");
}

/* The kernel shows up to 340 lines, and each with 32 characters. */
static void show_ranges(char *map, size_t size, int count, int length)
{
    for (int i = 0; i < count; i++) {
        size_t used = strlen(map);

        snprintf(map + used, size - used, "%10d %10d %10d\n", i * length, i, length);
    }
}

static void a_map_of_many_ranges_is_copied_whole(void **state)
{
    static char map[1 << 14];

    show_ranges(map, sizeof(map), 300, 2);
    assert_int_equal(write_maps(0, map, "", 0), 0);
    assert_contains(written, "\n598 598 2\n");
}

static void a_map_longer_than_the_kernel_takes_is_refused(void **state)
{
    static char map[1 << 14];

    show_ranges(map, sizeof(map), 300, 1000000);
    assert_int_equal(write_maps(0, map, "", 0), -1);
    assert_int_equal(errno, E2BIG);
    assert_string_equal(written, "");
    assert_string_equal(caught, "container: write the ranges of /proc/self/uid_map into one map: "
                                "E2BIG (Argument list too long)\n");
}

static void each_refusal_is_reported_with_its_file(void **state)
{
    assert_int_equal(write_maps(1000, "", "setgroups", EPERM), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: write 'deny' to /proc/42/setgroups: EPERM (Operation not "
                        "permitted)\n");
    assert_int_equal(write_maps(1000, "", "uid_map", EINVAL), -1);
    assert_int_equal(errno, EINVAL);
    assert_string_equal(caught, "container: write '0 1000 1' to /proc/42/uid_map: EINVAL "
                                "(Invalid argument)\n");
    assert_int_equal(write_maps(1000, "", "gid_map", ESRCH), -1);
    assert_int_equal(errno, ESRCH);
}

static void the_capability_that_root_lacks_is_named(void **state)
{
    assert_int_equal(write_maps(0, "0 0 1", "uid_map", EPERM), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(hints, "CAP_SETFCAP CAP_SETUID ");
    assert_int_equal(write_maps(0, "0 0 1", "gid_map", EPERM), -1);
    assert_string_equal(hints, "CAP_SETFCAP CAP_SETGID ");
    assert_int_equal(write_maps(0, "0 0 1", "gid_map", EINVAL), -1);
    assert_string_equal(hints, "");
}

static void an_own_map_that_cannot_be_read_is_an_error(void **state)
{
    caller = 0;
    read_error = EACCES;
    assert_int_equal(CATCH(idmap_write(42)), -1);
    assert_int_equal(errno, EACCES);
    assert_string_equal(caught, "container: read /proc/self/uid_map: EACCES (Permission denied)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_looked_for_in_each_range),
        cmocka_unit_test(a_map_that_cannot_be_read_says_so),
        cmocka_unit_test(a_user_maps_its_own_id_to_root_and_gives_up_setgroups),
        cmocka_unit_test(root_maps_all_that_it_has_onto_itself),
        cmocka_unit_test(root_of_another_user_namespace_maps_what_it_has_there),
        cmocka_unit_test(a_map_of_many_ranges_is_copied_whole),
        cmocka_unit_test(a_map_longer_than_the_kernel_takes_is_refused),
        cmocka_unit_test(each_refusal_is_reported_with_its_file),
        cmocka_unit_test(the_capability_that_root_lacks_is_named),
        cmocka_unit_test(an_own_map_that_cannot_be_read_is_an_error),
    };
    return check_run(tests);
}
