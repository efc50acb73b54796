/* The limits of a container: how the kernel enforces them, and the cgroups that the host sees. */
#include "cgroups.h"
#include "harness.h"
#include "limit.h"
#include "storage.h"

#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* A command that goes on until finish() closes its stdin. */
#define WAIT "sh", "-c", "echo ready; read line; exit 0"

#define start_named(...) start(fixture.step, "--name", container_name(), __VA_ARGS__)

static struct program *start_waiting(void)
{
    struct program *container = start_named(fixture.image, WAIT);

    hear(container, "ready\n");
    return container;
}

static void the_container_is_in_its_cgroups(void **state)
{
    struct program *container = start_waiting();
    pid_t process_1 = child_of(container->pid);

    assert_true(is_in(memory_cgroup(), process_1));
    assert_true(is_in(cpu_cgroup(), process_1));
    assert_true(is_in(pids_cgroup(), process_1));
    assert_false(is_in(memory_cgroup(), container->pid));
    assert_int_equal(finish(container), 0);
}

/* All parts are in the text, in this order. */
static void assert_order(const char *text, const char *const *parts)
{
    for (; *parts; parts++) {
        assert_contains(text, *parts);
        text = strstr(text, *parts);
    }
}

static void it_is_in_them_and_limited_before_the_command_begins(void **state)
{
    const char *const acts[] = {
        is_in_v2("memory") ? "/memory.max\n" : "/memory.limit_in_bytes\n",
        is_in_v2("cpu") ? "/cpu.max\n" : "/cpu.cfs_quota_us\n",
        "/pids.max\n",
        "/cgroup.procs\n",
        "+ exec unshare --cgroup sh\n",
        " mount -t proc ",
        "the command\n",
        NULL,
    };

    assert_int_equal(run(fixture.step, "-x", fixture.image, "sh", "-c", "echo the command >&2"), 0);
    assert_order(err, acts);
}

static void inside_its_cgroup_is_the_root_of_all(void **state)
{
    assert_int_equal(
        run(fixture.step, fixture.image, "sh", "-c", "grep -v ':/$' /proc/self/cgroup"), 1);
    assert_string_equal(out, "");
}

static void assert_swap_is_closed(const char *cgroup, const char *memory)
{
    const char *file = is_v2(cgroup) ? "memory.swap.max" : "memory.memsw.limit_in_bytes";

    if (exists(path_in(cgroup, file)))
        assert_setting(cgroup, file, is_v2(cgroup) ? "0" : memory);
    else
        assert_int_equal(system("[ $(wc -l </proc/swaps) -le 1 ]"), 0); /* there is no swap space */
}

static void assert_limits(const char *memory, const char *quota, const char *shares,
                          const char *weight, const char *pids)
{
    char both[32];
    const char *cgroup = memory_cgroup();

    assert_setting(cgroup, is_v2(cgroup) ? "memory.max" : "memory.limit_in_bytes", memory);
    assert_swap_is_closed(cgroup, memory);
    assert_setting(pids_cgroup(), "pids.max", pids);
    cgroup = cpu_cgroup();
    if (is_v2(cgroup)) {
        snprintf(both, sizeof(both), "%s 100000", quota);
        assert_setting(cgroup, "cpu.max", both);
        assert_setting(cgroup, "cpu.weight", weight);
    } else {
        assert_setting(cgroup, "cpu.cfs_period_us", "100000");
        assert_setting(cgroup, "cpu.cfs_quota_us", quota);
        assert_setting(cgroup, "cpu.shares", shares);
    }
}

static void the_limits_are_those_that_were_chosen(void **state)
{
    struct program *container = start_named("--memory", "64M", "--cpus", "0.5", "--cpu-shares",
                                            "512", "--pids-limit", "64", fixture.image, WAIT);

    hear(container, "ready\n");
    assert_limits("67108864", "50000", "512", "50", "64");
    assert_int_equal(finish(container), 0);
}

static void what_is_not_chosen_is_limited_too(void **state)
{
    struct program *container = start_waiting();

    assert_limits("536870912", "100000", "1024", "100", "256");
    assert_int_equal(finish(container), 0);
    container = start_named("--pids-limit", "20", fixture.image, WAIT);
    hear(container, "ready\n");
    assert_limits("536870912", "100000", "1024", "100", "20");
    assert_int_equal(finish(container), 0);
}

static void a_limit_that_is_none_is_a_wrong_call(void **state)
{
    static const char *const bad[][2] = {
        {"--memory", "-1"},     {"--memory", "0"},          {"--memory", "1e99"},
        {"--memory", "64Q"},    {"--memory", ""},           {"--memory", "9000000000G"},
        {"--cpus", "0.001"},    {"--cpus", "nan"},          {"--cpus", "0x1"},
        {"--cpu-shares", "1"},  {"--cpu-shares", "262145"}, {"--pids-limit", "0"},
        {"--pids-limit", "-1"}, {"--pids-limit", "max"},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(run(fixture.step, bad[i][0], bad[i][1], fixture.image, "true"), 2);
        assert_contains(err, "(wanted: a ");
    }
    assert_int_equal(run(fixture.step, "--memory", "64MB", fixture.image, "true"), 0);
}

/* There are two shells. The one in parentheses takes memory, up to 64 MiB and more. */
static const char hog[] = "(x=0123456789abcdef; while [ ${#x} -lt 67108864 ]; do x=$x$x; done); "
                          "echo hog $?; read line; exit 0";

static long long kills(void)
{
    const char *cgroup = memory_cgroup();
    return counter(cgroup, is_v2(cgroup) ? "memory.events" : "memory.oom_control", "oom_kill");
}

static void a_memory_hog_dies_and_the_shell_beside_it_lives(void **state)
{
    struct program *container = start_named("--memory", "32M", fixture.image, "sh", "-c", hog);

    hear(container, "hog 137\n");
    assert_int_equal(kills(), 1);
    assert_int_equal(finish(container), 0);
    assert_contains(err,
                    ": the memory limit was reached, and the kernel killed for it: oom_kill 1\n");
}

/* In step05 a file is in memory. So more storage alone would not help. */
static void files_that_fill_the_memory_are_named(void **state)
{
    static const char write_all[] = "dd if=/dev/zero of=/big bs=1M count=40 2>/dev/null; exit 0";

#ifdef __SANITIZE_ADDRESS__
    check_skip("with the sanitizer, init is the largest process, and is killed first");
#endif
    assert_int_equal(run("step05", "--memory", "32M", fixture.image, "sh", "-c", write_all), 0);
    assert_contains(err, "step05: hint: the files that it wrote are in memory, too, ");
    assert_contains(err, "such as: --storage-size 256M --memory 288M\n");
    assert_int_equal(run("step05", "--storage-size", "256M", "--memory", "288M", fixture.image,
                         "sh", "-c", write_all),
                     0);
    assert_string_equal(err, "");
    /* Here it is the shell's own memory. */
    run("step05", "--memory", "32M", fixture.image, "sh", "-c", hog);
    assert_contains(err, "oom_kill 1\n");
    assert_lacks(err, "hint");
}

static void with_room_enough_the_same_lives(void **state)
{
    struct program *container = start_named("--memory", "400M", fixture.image, "sh", "-c", hog);

    hear(container, "hog 0\n");
    assert_int_equal(kills(), 0);
    assert_int_equal(finish(container), 0);
    assert_string_equal(err, "");
}

static void a_container_that_has_no_room_at_all_is_killed(void **state)
{
    assert_int_equal(run(fixture.step, "--memory", "4K", fixture.image, "true"), 128 + SIGKILL);
    assert_contains(err, ": the memory limit was reached, and the kernel killed for it: oom_kill ");
}

/* A shell needs it for a job in the background. No image has it; step05 brings its own. */
static void give_dev_null(void)
{
    write_file(path_in(fixture.image, "dev/null"), "");
}

static void a_fork_loop_stops_at_the_limit(void **state)
{
    give_dev_null();
    struct program *container = start_named(
        "--pids-limit", "10", fixture.image, "sh", "-c",
        "(while :; do /bin/sleep 1000 & done) 2>/dev/null; echo stopped; read line; exit 0");
    hear(container, "stopped\n");
    assert_true(counter(pids_cgroup(), "pids.events", "max") > 0);
    assert_in_range(atoi(read_file(path_in(pids_cgroup(), "pids.current"))), 8, 10);
    assert_int_equal(finish(container), 0);
}

static void without_room_for_one_more_process_there_is_no_command(void **state)
{
    assert_int_equal(run(fixture.step, "--pids-limit", "1", fixture.image, "true"), 125);
    assert_contains(err, "step05: fork: EAGAIN (Resource temporarily unavailable)\n");
}

/* It may run for a fiftieth of a second in each tenth. */
static void a_busy_loop_is_throttled(void **state)
{
    give_dev_null();
    struct program *container =
        start_named("--cpus", "0.2", fixture.image, "sh", "-c",
                    "(while :; do :; done) & echo ready; read line; exit 0");
    hear(container, "ready\n");
    const char *cgroup = cpu_cgroup();
    for (int i = 0; i < 300 && counter(cgroup, "cpu.stat", "nr_throttled") < 5; i++)
        usleep(100000);
    assert_true(counter(cgroup, "cpu.stat", "nr_throttled") >= 5);
    assert_int_equal(finish(container), 0);
}

static void the_callers_own_limits_still_hold(void **state)
{
    const char *outer = make_outer_cgroup();

    write_file(path_in(outer, is_v2(outer) ? "memory.max" : "memory.limit_in_bytes"), "50331648");
    fixture.prepare = enter_outer_cgroup;
    struct program *container = start_named("--memory", "400M", fixture.image, "sh", "-c", hog);
    hear(container, "hog 137\n");
    assert_int_equal(strncmp(memory_cgroup(), outer, strlen(outer)), 0);
    assert_int_equal(finish(container), 0);
    remove_outer_cgroup();
}

static void they_are_removed_at_the_end(void **state)
{
    struct program *container = start_waiting();

    assert_true(count_cgroups(container_name()) > 0);
    assert_int_equal(finish(container), 0);
    assert_int_equal(count_cgroups(container_name()), 0);
}

static void they_are_removed_after_a_signal(void **state)
{
    struct program *container =
        start_named(fixture.image, "sh", "-c", "echo ready; exec /bin/sleep 1000");

    hear(container, "ready\n");
    kill(container->pid, SIGTERM);
    assert_true(finish(container) > 128);
    assert_int_equal(count_cgroups(container_name()), 0);
}

/* It was put in from outside, so the end of the PID namespace does not end it. */
static void they_are_removed_with_the_processes_that_are_left(void **state)
{
    char text[16];
    int status;
    pid_t pid = fork();

    if (pid == 0)
        while (pause() < 0)
            ;
    struct program *container = start_waiting();
    snprintf(text, sizeof(text), "%d", pid);
    write_file(path_in(memory_cgroup(), "cgroup.procs"), text);
    assert_true(is_in(memory_cgroup(), pid));
    assert_int_equal(finish(container), 0);
    assert_string_equal(err, "");
    assert_int_equal(count_cgroups(container_name()), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

/* Root inside may mount the hierarchy. It sees its own cgroup there, and may make others in it. */
static void they_are_removed_with_those_made_below_them(void **state)
{
    char script[300], inner[48];

    snprintf(inner, sizeof(inner), "inner-%s", container_name());
    snprintf(script, sizeof(script),
             "mkdir /cg && mount -t %s cgroup /cg && mkdir -p /cg/%s/below && "
             "echo $$ >/cg/%s/below/cgroup.procs && echo made; read line; exit 0",
             is_in_v2("memory") ? "cgroup2" : "cgroup -o memory", inner, inner);
    struct program *container = start_named(fixture.image, "sh", "-c", script);
    hear(container, "made\n");
    assert_int_equal(count_cgroups(inner), 1);
    assert_int_equal(finish(container), 0);
    assert_string_equal(err, "");
    assert_int_equal(count_cgroups(inner), 0);
    assert_int_equal(count_cgroups(container_name()), 0);
}

/* The scratch directory is another one, so only the cgroup is in the way. */
static void a_name_in_use_is_refused_and_its_owner_goes_on(void **state)
{
    struct program *first = start_waiting();

    shell("mkdir '%s'", in_fixture("other"));
    assert_int_equal(run(fixture.step, "--scratch", in_fixture("other"), "--name", container_name(),
                         "--memory", "64M", fixture.image, "true"),
                     125);
    assert_contains(err, ": EEXIST (File exists)\n");
    assert_contains(err, ": hint: if no container of that name runs, a killed one has left this: "
                         "rmdir /");
    assert_int_equal(rmdir(in_fixture("other")), 0); /* it is empty */
    assert_true(is_in(memory_cgroup(), child_of(first->pid)));
    assert_int_equal(finish(first), 0);
}

static char covered[PATH_MAX];

static void cover_the_cgroups(void)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", covered, "tmpfs", 0, NULL) < 0) {
        perror(covered);
        _exit(99);
    }
}

/* A hybrid machine mounts its hierarchies in a tmpfs, where a mkdir would succeed. */
/* Both versions have a file of this name in each cgroup. */
static void a_name_of_a_file_of_the_cgroup_is_told_so(void **state)
{
    assert_int_equal(run(fixture.step, "--name", "cgroup.procs", fixture.image, "true"), 125);
    assert_contains(err, ": EEXIST (File exists)\n");
    assert_contains(err, ": hint: cgroup.procs is a file of the kernel's in each cgroup: take "
                         "another --name\n");
    assert_lacks(err, "rmdir");
    assert_int_equal(
        run(fixture.step, "--memory", "64M", "--name", "cgroup.procs", fixture.image, "true"), 125);
    assert_contains(err, ": hint: cgroup.procs is a file of the kernel's");
}

static void sizes_are_taken_as_docker_takes_them(void **state)
{
    struct program *container = start(fixture.step, "--name", container_name(), "-m64.5m", "--cpus",
                                      ".5", fixture.image, "--", WAIT);

    hear(container, "ready\n");
    assert_limits("67633152", "50000", "1024", "100", "256");
    assert_int_equal(finish(container), 0);
}

static void a_tmpfs_is_not_taken_for_a_hierarchy(void **state)
{
    strcpy(covered, make_outer_cgroup());
    remove_outer_cgroup();
    *strrchr(covered, '/') = '\0';
    fixture.prepare = cover_the_cgroups;
    assert_int_equal(run(fixture.step, "--memory", "64M", fixture.image, "true"), 125);
    assert_true(strstr(err, " is no cgroup v") || strstr(err, ": look at the cgroup "));
    assert_lacks(err, "mkdir");
}

/* What an ordinary user may do. */

static void an_ordinary_user_needs_a_delegated_cgroup(void **state)
{
    int status = run("step04", fixture.image, "true");

    if (status == 0) { /* this user has one */
        assert_true(is_in_v2("memory"));
        return;
    }
    assert_int_equal(status, 125);
    assert_contains(err, ": EACCES (Permission denied)\n");
    assert_contains(err,
                    is_in_v2("memory")
                        ? ": hint: a cgroup of your own: systemd-run --user --scope -p "
                          "Delegate=yes COMMAND...\n"
                        : ": hint: cgroup v1 delegates nothing: only root may do this, by sudo\n");
}

static void help_says_what_counts_where_nothing_is_chosen(void **state)
{
    static const char *const programs[] = {"step04", "step05"};
    char memory[32], cpus[32], shares[32], pids[32], storage[32];

    snprintf(memory, sizeof(memory), "(default %dM)\n", LIMIT_DEFAULT_MEMORY >> 20);
    snprintf(cpus, sizeof(cpus), "(default %d)\n", LIMIT_DEFAULT_CPU / LIMIT_PERIOD);
    snprintf(shares, sizeof(shares), "(default %d)\n", LIMIT_DEFAULT_SHARES);
    snprintf(pids, sizeof(pids), "(default %d)\n", LIMIT_DEFAULT_PIDS);
    snprintf(storage, sizeof(storage), "(default %dM)\n", STORAGE_DEFAULT >> 20);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(run(programs[i], "-h"), 0);
        assert_contains(strstr(out, "--memory "), memory);
        assert_contains(strstr(out, "--cpus "), cpus);
        assert_contains(strstr(out, "--cpu-shares "), shares);
        assert_contains(strstr(out, "--pids-limit "), pids);
    }
    assert_contains(strstr(out, "--storage-size "), storage);
}

static void without_a_choice_step05_goes_on_where_none_can_be_made(void **state)
{
#ifdef __SANITIZE_ADDRESS__
    static const char limits[] = "unlimited\n256\n"; /* the sanitizer needs more data */
#else
    static const char limits[] = "536870912\n256\n";
#endif
    bool delegated = run("step04", fixture.image, "true") == 0;

    assert_int_equal(run("step05", fixture.image, "true"), 0);
    assert_string_equal(err, delegated
                                 ? ""
                                 : "step05: no cgroup can be made here (EACCES): each process "
                                   "may have 512M of data and each user 256 processes, and "
                                   "CPU time has no limit; with --memory 512M this is an "
                                   "error, which says why\n");
    assert_int_equal(run("step05", fixture.image, "awk", "/data|processes/ { print $(NF-1) }",
                         "/proc/self/limits"),
                     0);
    if (!delegated)
        assert_string_equal(out, limits);
    assert_int_equal(run("step05", "--memory", "64M", fixture.image, "true"), delegated ? 0 : 125);
    assert_int_equal(run("step05", "--cpus", "1", fixture.image, "true"), delegated ? 0 : 125);
    assert_int_equal(run("step05", "--cpu-shares", "1024", fixture.image, "true"),
                     delegated ? 0 : 125);
    assert_int_equal(run("step05", "--pids-limit", "64", fixture.image, "true"),
                     delegated ? 0 : 125);
}

/* Root delegates one for the test. An ordinary user has one from the session, or none. */
static void need_delegated_cgroup(void)
{
    if (!is_in_v2("memory") || !is_in_v2("cpu") || !is_in_v2("pids"))
        check_skip("cgroup v1 delegates nothing");
    if (geteuid() == 0) {
        const char *outer = make_outer_cgroup();
        shell("cd '%s' && chown %u . cgroup.procs cgroup.subtree_control", outer, ordinary_uid());
        fixture.prepare = enter_outer_cgroup;
    } else if (run("step04", fixture.image, "true") != 0) {
        check_skip("no cgroup is delegated to this user");
    }
}

static void a_delegated_cgroup_is_enough(void **state)
{
    need_delegated_cgroup();
    struct program *container =
        start_named("--memory", "32M", "--pids-limit", "64", fixture.image, "sh", "-c", hog);
    hear(container, "hog 137\n");
    assert_limits("33554432", "100000", "1024", "100", "64");
    assert_int_equal(kills(), 1);
    assert_int_equal(finish(container), 0);
    if (geteuid() == 0)
        remove_outer_cgroup();
}

/* There is one more process, which relays the terminal. It must not stay in the user's cgroup. */
static void a_delegated_cgroup_is_enough_on_a_terminal(void **state)
{
    need_delegated_cgroup();
    struct program *container = start_on_terminal(fixture.step, "--name", container_name(),
                                                  "--memory", "64M", fixture.image, WAIT);
    hear(container, "ready\r\n");
    assert_limits("67108864", "100000", "1024", "100", "256");
    say(container, "\n");
    assert_int_equal(finish(container), 0);
    if (geteuid() == 0)
        remove_outer_cgroup();
}

#define AS_BOTH(test) STEP_AS_ROOT("step04", test), STEP_AS_ROOT("step05", test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_BOTH(the_container_is_in_its_cgroups),
        AS_BOTH(it_is_in_them_and_limited_before_the_command_begins),
        AS_BOTH(inside_its_cgroup_is_the_root_of_all),
        AS_BOTH(the_limits_are_those_that_were_chosen),
        AS_BOTH(what_is_not_chosen_is_limited_too),
        AS_BOTH(a_limit_that_is_none_is_a_wrong_call),
        AS_BOTH(a_memory_hog_dies_and_the_shell_beside_it_lives),
        AS_ROOT(files_that_fill_the_memory_are_named),
        STEP_AS_ROOT("step04", with_room_enough_the_same_lives),
        STEP_AS_ROOT("step04", a_container_that_has_no_room_at_all_is_killed),
        AS_BOTH(a_fork_loop_stops_at_the_limit),
        STEP_AS_ROOT("step05", without_room_for_one_more_process_there_is_no_command),
        AS_BOTH(a_busy_loop_is_throttled),
        STEP_AS_ROOT("step04", the_callers_own_limits_still_hold),
        AS_BOTH(they_are_removed_at_the_end),
        AS_BOTH(they_are_removed_after_a_signal),
        AS_BOTH(they_are_removed_with_the_processes_that_are_left),
        STEP_AS_ROOT("step04", they_are_removed_with_those_made_below_them),
        STEP_AS_ROOT("step04", a_name_in_use_is_refused_and_its_owner_goes_on),
        AS_BOTH(a_name_of_a_file_of_the_cgroup_is_told_so),
        AS_BOTH(sizes_are_taken_as_docker_takes_them),
        AS_BOTH(a_tmpfs_is_not_taken_for_a_hierarchy),
        AS_USER(an_ordinary_user_needs_a_delegated_cgroup),
        AS_ROOT(help_says_what_counts_where_nothing_is_chosen),
        AS_USER(without_a_choice_step05_goes_on_where_none_can_be_made),
        STEP_AS_USER("step04", a_delegated_cgroup_is_enough),
        STEP_AS_USER("step05", a_delegated_cgroup_is_enough),
        STEP_AS_USER("step05", a_delegated_cgroup_is_enough_on_a_terminal),
    };
    return check_run(tests);
}
