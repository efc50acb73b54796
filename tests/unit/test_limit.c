#include "check.h"
#include "files.h"
#include "limit.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *folder;

enum { UNTOUCHED = -7 };
typedef int parser(const char *text, void *value);

static void assert_parsed(parser *parse, const char *text, long long wanted)
{
    long long value = UNTOUCHED;

    if (CATCH(parse(text, &value)) != 0 || value != wanted || *caught)
        fail_msg("'%s' is %lld, not %lld: %s", text, value, wanted, caught);
}

static void assert_refused(parser *parse, const char *text, int error)
{
    long long value = UNTOUCHED;
    int result = CATCH(parse(text, &value));

    if (result != -1 || errno != error || value != UNTOUCHED)
        fail_msg("'%s' gives %d, errno %d, and the value %lld", text, result, errno, value);
    assert_contains(caught, " (wanted: a ");
    assert_contains(caught, error == ERANGE ? "): ERANGE (" : "): EINVAL (");
}

static void memory_is_a_number_with_a_unit(void **state)
{
    assert_parsed(limit_parse_size, "65536", 65536);
    assert_parsed(limit_parse_size, "1b", 1);
    assert_parsed(limit_parse_size, "1B", 1);
    assert_parsed(limit_parse_size, "64K", 64 << 10);
    assert_parsed(limit_parse_size, "64k", 64 << 10);
    assert_parsed(limit_parse_size, "5MB", 5 << 20); /* B may follow the unit */
    assert_parsed(limit_parse_size, "64M", 64 << 20);
    assert_parsed(limit_parse_size, "64m", 64 << 20);
    assert_parsed(limit_parse_size, "64mib", 64 << 20);
    assert_parsed(limit_parse_size, "1GiB", 1 << 30);
    assert_parsed(limit_parse_size, "2T", 2LL << 40);
    assert_parsed(limit_parse_size, "010M", 10 << 20); /* not octal */
}

/* These are the forms that `docker run --memory` takes. */
static void a_size_may_be_written_as_for_docker(void **state)
{
    assert_parsed(limit_parse_size, "1.5G", 1536LL << 20);
    assert_parsed(limit_parse_size, ".5g", 512 << 20);
    assert_parsed(limit_parse_size, "0.5gb", 512 << 20);
    assert_parsed(limit_parse_size, "1.k", 1024);
    assert_parsed(limit_parse_size, "512m", 512 << 20);
    assert_parsed(limit_parse_size, "512MB", 512 << 20);
    assert_parsed(limit_parse_size, "1gb", 1 << 30);
    assert_parsed(limit_parse_size, "1024b", 1024);
    assert_parsed(limit_parse_size, "64 M", 64 << 20);
    assert_parsed(limit_parse_size, "1.5 MiB", 3 << 19);
    assert_parsed(limit_parse_size, "1.9", 1); /* no part of a byte */
    assert_parsed(limit_parse_size, "1p", 1LL << 50);
    assert_parsed(limit_parse_size, "1.1k", 1126);
}

static void memory_that_is_no_size_is_refused(void **state)
{
    static const char *const bad[] = {
        "",     " ",    "-1",     "+1",      "-64M", "0",   "0M",      "M",       "MB",
        "1e99", "64Q",  "5  M",   " 5M",     "5M ",  "5MM", "5MBB",    "5iB",     "5MiBi",
        "5bM",  "0x10", "1.5.5G", "lots",    "5\n",  "5M,", ".",       ".G",      "5 ",
        "1,5G", ".5e3", "0.5",    "0.0001K", "-.5G", ". 5", "0x1.8p3", "1.5e300G"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_refused(limit_parse_size, bad[i], EINVAL);
    assert_refused(limit_parse_size, "64Q", EINVAL);
    assert_string_equal(caught, "container: size '64Q' (wanted: a size such as 64M, 5MB or 1.5G): "
                                "EINVAL (Invalid argument)\n");
}

/* The greatest size that fits, and one more. */
static void memory_that_overflows_is_refused_with_each_unit(void **state)
{
    assert_parsed(limit_parse_size, "9223372036854775807", LLONG_MAX);
    assert_refused(limit_parse_size, "9223372036854775808", ERANGE);
    assert_parsed(limit_parse_size, "9007199254740991K", LLONG_MAX - 1023);
    assert_refused(limit_parse_size, "9007199254740992K", ERANGE);
    assert_parsed(limit_parse_size, "8796093022207M", LLONG_MAX - ((1LL << 20) - 1));
    assert_refused(limit_parse_size, "8796093022208M", ERANGE);
    assert_parsed(limit_parse_size, "8589934591G", LLONG_MAX - ((1LL << 30) - 1));
    assert_refused(limit_parse_size, "8589934592G", ERANGE);
    assert_parsed(limit_parse_size, "8388607T", LLONG_MAX - ((1LL << 40) - 1));
    assert_refused(limit_parse_size, "8388608T", ERANGE);
    assert_parsed(limit_parse_size, "8191P", LLONG_MAX - ((1LL << 50) - 1));
    assert_refused(limit_parse_size, "8192P", ERANGE);
    assert_parsed(limit_parse_size, "8388607.5T", LLONG_MAX - ((1LL << 39) - 1));
    assert_refused(limit_parse_size, "8388607.99999999999999999999T", ERANGE);
    assert_refused(limit_parse_size, "99999999999999999999999999", ERANGE);
    assert_refused(limit_parse_size, "99999999999999999999999999.5k", ERANGE);
}

static void cpus_are_a_decimal_number(void **state)
{
    assert_parsed(limit_parse_cpus, "1", 100000);
    assert_parsed(limit_parse_cpus, "1.", 100000);
    assert_parsed(limit_parse_cpus, ".5", 50000);
    assert_parsed(limit_parse_cpus, ".010", 1000);
    assert_parsed(limit_parse_cpus, "0.5", 50000);
    assert_parsed(limit_parse_cpus, "0.01", 1000);  /* the kernel takes no quota below 1 ms */
    assert_parsed(limit_parse_cpus, "0.29", 29000); /* no exact binary number */
    assert_parsed(limit_parse_cpus, "1.5", 150000);
    assert_parsed(limit_parse_cpus, "1024", 102400000);
}

static void cpus_that_are_no_such_number_are_refused(void **state)
{
    static const char *const bad[] = {"",    " ",   "-1",    "+1",   "-.5", ".",  ".e1",
                                      "..5", "nan", "inf",   "0x1",  "1e3", "1 ", " 1",
                                      "0,5", "1/2", "1.2.3", "1..2", "one", "1\n"};
    static const char *const far[] = {"0",     "0.0",     "0.001",
                                      "0.009", "1024.01", "99999999999999999999"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_refused(limit_parse_cpus, bad[i], EINVAL);
    for (size_t i = 0; i < sizeof(far) / sizeof(*far); i++)
        assert_refused(limit_parse_cpus, far[i], ERANGE);
    assert_refused(limit_parse_cpus, "0.001", ERANGE);
    assert_string_equal(caught, "container: cpus '0.001' (wanted: a number of CPUs from 0.01 to "
                                "1024, such as 0.5): ERANGE (Numerical result out of range)\n");
}

static void assert_whole_number(parser *parse, const char *least, const char *below,
                                const char *most, const char *above)
{
    static const char *const bad[] = {"",    " ",   "-1", "+5",  "5 ", " 5",
                                      "1e3", "0x5", "5M", "5.0", "max"};

    assert_parsed(parse, least, atoll(least));
    assert_parsed(parse, most, atoll(most));
    assert_refused(parse, below, ERANGE);
    assert_refused(parse, above, ERANGE);
    assert_refused(parse, "99999999999999999999999999", ERANGE);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_refused(parse, bad[i], EINVAL);
}

static void shares_are_from_2_to_262144(void **state)
{
    assert_whole_number(limit_parse_shares, "2", "1", "262144", "262145");
    assert_refused(limit_parse_shares, "1", ERANGE);
    assert_string_equal(caught,
                        "container: cpu-shares '1' (wanted: a whole number from 2 to 262144): "
                        "ERANGE (Numerical result out of range)\n");
}

static void pids_are_from_1_to_4194304(void **state)
{
    assert_whole_number(limit_parse_pids, "1", "0", "4194304", "4194305");
    assert_refused(limit_parse_pids, "max", EINVAL);
    assert_string_equal(caught, "container: pids-limit 'max' (wanted: a whole number from 1 to "
                                "4194304): EINVAL (Invalid argument)\n");
}

static void a_long_argument_is_cut_in_the_report(void **state)
{
    char text[10001];

    memset(text, '.', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_refused(limit_parse_size, text, EINVAL);
    assert_true(strlen(caught) < 200);
}

/* Makes a folder that looks like a cgroup of this version. Its files are plain ones. */
static void make_cgroup(int version)
{
    shell("rm -rf '%s' && mkdir '%s' && cd '%s' && touch pids.max %s", folder, folder, folder,
          version == 2 ? "memory.max memory.swap.max cpu.max cpu.weight"
                       : "memory.limit_in_bytes memory.memsw.limit_in_bytes "
                         "cpu.cfs_period_us cpu.cfs_quota_us cpu.shares");
}

static void assert_file(const char *name, const char *wanted)
{
    const char *text = read_file(path_in(folder, name));

    if (!text || strcmp(text, wanted) != 0)
        fail_msg("%s holds '%s', not '%s'", name, text ? text : "nothing", wanted);
}

static const struct limits chosen = {.memory = 64 << 20, .cpu = 50000, .shares = 512, .pids = 20};

static void v2_gets_its_own_files_and_units(void **state)
{
    make_cgroup(2);
    assert_int_equal(CATCH(limit_set_memory(&chosen, folder, 2)), 0);
    assert_int_equal(CATCH(limit_set_cpu(&chosen, folder, 2)), 0);
    assert_int_equal(CATCH(limit_set_pids(&chosen, folder)), 0);
    assert_string_equal(caught, "");
    assert_file("memory.max", "67108864");
    assert_file("memory.swap.max", "0");
    assert_file("cpu.max", "50000 100000");
    assert_file("cpu.weight", "50");
    assert_file("pids.max", "20");
}

/* memsw counts memory and swap together. */
static void v1_gets_its_own_files_and_units(void **state)
{
    make_cgroup(1);
    assert_int_equal(CATCH(limit_set_memory(&chosen, folder, 1)), 0);
    assert_int_equal(CATCH(limit_set_cpu(&chosen, folder, 1)), 0);
    assert_int_equal(CATCH(limit_set_pids(&chosen, folder)), 0);
    assert_string_equal(caught, "");
    assert_file("memory.limit_in_bytes", "67108864");
    assert_file("memory.memsw.limit_in_bytes", "67108864");
    assert_file("cpu.cfs_period_us", "100000");
    assert_file("cpu.cfs_quota_us", "50000");
    assert_file("cpu.shares", "512");
    assert_file("pids.max", "20");
}

static void what_is_not_chosen_gets_a_default(void **state)
{
    static const struct limits none;

    make_cgroup(2);
    assert_int_equal(limit_set_memory(&none, folder, 2), 0);
    assert_int_equal(limit_set_cpu(&none, folder, 2), 0);
    assert_int_equal(limit_set_pids(&none, folder), 0);
    assert_file("memory.max", "536870912");
    assert_file("memory.swap.max", "0");
    assert_file("cpu.max", "100000 100000");
    assert_file("cpu.weight", "100"); /* as the kernel gives to every cgroup */
    assert_file("pids.max", "256");
}

static void assert_weight(long long shares, const char *weight)
{
    struct limits l = {.shares = shares};

    make_cgroup(2);
    assert_int_equal(limit_set_cpu(&l, folder, 2), 0);
    assert_file("cpu.weight", weight);
}

static void shares_become_weights_of_the_same_ratio(void **state)
{
    assert_weight(2, "1"); /* the kernel takes no weight of 0 */
    assert_weight(512, "50");
    assert_weight(1024, "100");
    assert_weight(2048, "200");
    assert_weight(102400, "10000");
    assert_weight(262144, "10000"); /* and none above */
}

static int set_memory(const struct limits *l, const char *dir, int version)
{
    return limit_set_memory(l, dir, version);
}

static int set_cpu(const struct limits *l, const char *dir, int version)
{
    return limit_set_cpu(l, dir, version);
}

static int set_pids(const struct limits *l, const char *dir, int version)
{
    return limit_set_pids(l, dir);
}

static void a_file_that_cannot_be_written_is_an_error(void **state)
{
    static const struct {
        int (*set)(const struct limits *l, const char *dir, int version);
        int version;
        const char *file, *message;
    } cases[] = {
        {set_memory, 2, "memory.max", "container: write '67108864' to %s/memory.max: "},
        {set_memory, 2, "memory.swap.max", "container: write '0' to %s/memory.swap.max: "},
        {set_memory, 1, "memory.limit_in_bytes", "write '67108864' to %s/memory.limit_in_bytes: "},
        {set_memory, 1, "memory.memsw.limit_in_bytes", "write '67108864' to %s/memory.memsw."},
        {set_cpu, 2, "cpu.max", "container: write '50000 100000' to %s/cpu.max: "},
        {set_cpu, 2, "cpu.weight", "container: write '50' to %s/cpu.weight: "},
        {set_cpu, 1, "cpu.cfs_period_us", "container: write '100000' to %s/cpu.cfs_period_us: "},
        {set_cpu, 1, "cpu.cfs_quota_us", "container: write '50000' to %s/cpu.cfs_quota_us: "},
        {set_cpu, 1, "cpu.shares", "container: write '512' to %s/cpu.shares: "},
        {set_pids, 2, "pids.max", "container: write '20' to %s/pids.max: "},
    };
    char message[PATH_MAX];

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        make_cgroup(cases[i].version);
        shell("rm '%s/%s' && ln -s /dev/full '%s/%s'", folder, cases[i].file, folder,
              cases[i].file);
        assert_int_equal(CATCH(cases[i].set(&chosen, folder, cases[i].version)), -1);
        assert_int_equal(errno, ENOSPC);
        snprintf(message, sizeof(message), cases[i].message, folder);
        assert_contains(caught, message);
    }
}

/* The text of /proc/swaps. It tells whether there is swap space that needs a limit. */
static const char *swaps;
static int swaps_error = ENOENT;

int __real_file_read(const char *path, char *text, size_t size);
int __wrap_file_read(const char *path, char *text, size_t size)
{
    if (strcmp(path, "/proc/swaps") != 0)
        return __real_file_read(path, text, size);
    if (!swaps)
        return refuse(swaps_error);
    snprintf(text, size, "%s", swaps);
    return 0;
}

static int set_without_swap_file(int version, const char *name, const char *areas)
{
    make_cgroup(version);
    unlink(path_in(folder, name));
    swaps = areas;
    int result = CATCH(limit_set_memory(&chosen, folder, version));
    swaps = NULL;
    return result;
}

static void without_swap_space_nothing_needs_closing(void **state)
{
    static const char titles[] = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority";

    assert_int_equal(set_without_swap_file(2, "memory.swap.max", titles), 0);
    assert_int_equal(set_without_swap_file(1, "memory.memsw.limit_in_bytes", titles), 0);
    assert_int_equal(set_without_swap_file(2, "memory.swap.max", NULL), 0); /* no swap: no file */
    assert_string_equal(caught, "");
    assert_false(exists(path_in(folder, "memory.swap.max")));
}

static void swap_space_that_cannot_be_seen_is_an_error(void **state)
{
    swaps_error = EIO;
    assert_int_equal(set_without_swap_file(2, "memory.swap.max", NULL), -1);
    assert_int_equal(errno, EIO);
    assert_string_equal(caught, "container: read /proc/swaps: EIO (Input/output error)\n");
    swaps_error = EACCES;
    assert_int_equal(set_without_swap_file(1, "memory.memsw.limit_in_bytes", NULL), -1);
    swaps_error = ENOENT;
}

static void swap_space_that_cannot_be_closed_is_an_error(void **state)
{
    static const char area[] = "Filename Type Size Used Priority\n/dev/vdb partition 1048572 0 -2";
    char message[PATH_MAX];

    assert_int_equal(set_without_swap_file(1, "memory.memsw.limit_in_bytes", area), -1);
    assert_int_equal(errno, ENOENT);
    snprintf(message, sizeof(message),
             "container: refuse swap space to the container by %s/memory.memsw.limit_in_bytes: "
             "ENOENT (No such file or directory)\n"
             "container: hint: boot the kernel with swapaccount=1, or: sudo swapoff -a\n",
             folder);
    assert_string_equal(caught, message);
    assert_int_equal(set_without_swap_file(2, "memory.swap.max", area), -1);
    assert_contains(caught, "/memory.swap.max: ENOENT");
}

static const char *report_of_kills(int version, const char *name, const char *text)
{
    make_cgroup(version);
    if (text)
        write_file(path_in(folder, name), text);
    bool killed = CATCH(limit_report_kills(folder, version));
    assert_true(killed == (*caught != '\0'));
    return caught;
}

static void kills_are_reported_with_their_number(void **state)
{
    static const char note[] =
        "container: the memory limit was reached, and the kernel killed for it: oom_kill 3\n";

    assert_string_equal(
        report_of_kills(2, "memory.events",
                        "low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n"),
        note);
    assert_string_equal(
        report_of_kills(1, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"),
        note);
}

static void where_nothing_was_killed_nothing_is_said(void **state)
{
    assert_string_equal(report_of_kills(2, "memory.events", "max 9\noom 4\noom_kill 0\n"), "");
    assert_string_equal(
        report_of_kills(1, "memory.oom_control", "oom_kill_disable 1\noom_kill 0\n"), "");
    assert_string_equal(report_of_kills(1, "memory.oom_control", "oom_kill_disable 1\n"), "");
    assert_string_equal(report_of_kills(2, "memory.events", ""), "");
    assert_string_equal(report_of_kills(2, "memory.events", NULL), "");
    assert_false(CATCH(limit_report_kills("", 0))); /* the container never had a cgroup */
    assert_string_equal(caught, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_a_number_with_a_unit),
        cmocka_unit_test(a_size_may_be_written_as_for_docker),
        cmocka_unit_test(memory_that_is_no_size_is_refused),
        cmocka_unit_test(memory_that_overflows_is_refused_with_each_unit),
        cmocka_unit_test(cpus_are_a_decimal_number),
        cmocka_unit_test(cpus_that_are_no_such_number_are_refused),
        cmocka_unit_test(shares_are_from_2_to_262144),
        cmocka_unit_test(pids_are_from_1_to_4194304),
        cmocka_unit_test(a_long_argument_is_cut_in_the_report),
        cmocka_unit_test(v2_gets_its_own_files_and_units),
        cmocka_unit_test(v1_gets_its_own_files_and_units),
        cmocka_unit_test(what_is_not_chosen_gets_a_default),
        cmocka_unit_test(shares_become_weights_of_the_same_ratio),
        cmocka_unit_test(a_file_that_cannot_be_written_is_an_error),
        cmocka_unit_test(without_swap_space_nothing_needs_closing),
        cmocka_unit_test(swap_space_that_cannot_be_seen_is_an_error),
        cmocka_unit_test(swap_space_that_cannot_be_closed_is_an_error),
        cmocka_unit_test(kills_are_reported_with_their_number),
        cmocka_unit_test(where_nothing_was_killed_nothing_is_said),
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
