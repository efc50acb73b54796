/* Plain folders stand in for cgroups. The tests of the steps use a real hierarchy. */
#include "cgroup.h"
#include "check.h"
#include "files.h"
#include "hierarchy.h"
#include "limit.h"
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[64];
static struct cgroup g;
static int scratch = -1;

static int version, verify_error, unshare_error, write_error;
static const char *missing; /* a controller that no hierarchy has */

/* v1: a tree for each controller, with the caller in /own. v2: one tree, and the base is in it. */
int __wrap_hierarchy_find(struct hierarchy *h, const char *controller, const char *proc)
{
    assert_string_equal(proc, "/proc/self");
    h->version = version;
    snprintf(h->own, sizeof(h->own), "%s/%s/own", folder, controller);
    return refuse(missing && strcmp(controller, missing) == 0 ? ENOENT : 0);
}

int __wrap_hierarchy_verify(const struct hierarchy *h)
{
    assert_int_equal(h->version, version);
    return refuse(verify_error);
}

static char written[1024]; /* a line "text > file" for each write */

int __wrap_file_write(const char *path, const char *text)
{
    size_t length = strlen(written);

    snprintf(written + length, sizeof(written) - length, "%s > %s\n", text, path + strlen(folder));
    return refuse(write_error);
}

/* The module sleeps between its tries to remove a busy cgroup. */
int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest)
{
    assert_true(pause->tv_sec == 0);
    return 0;
}

static char limited[256]; /* a word "memory:2:/base/web" for each limit */
static const char *refused_limit;

static int note_limit(const char *what, const char *dir, int of_version)
{
    size_t length = strlen(limited);

    snprintf(limited + length, sizeof(limited) - length, "%s:%d:%s ", what, of_version,
             dir + strlen(folder));
    return refuse(refused_limit && strcmp(what, refused_limit) == 0 ? EINVAL : 0);
}

int __wrap_limit_set_memory(const struct limits *l, const char *dir, int of_version)
{
    assert_int_equal(l->memory, 1);
    return note_limit("memory", dir, of_version);
}

int __wrap_limit_set_cpu(const struct limits *l, const char *dir, int of_version)
{
    assert_int_equal(l->cpu, 2);
    return note_limit("cpu", dir, of_version);
}

int __wrap_limit_set_pids(const struct limits *l, const char *dir)
{
    assert_int_equal(l->pids, 3);
    return note_limit("pids", dir, 0);
}

int __wrap_unshare(int flags)
{
    assert_int_equal(flags, CLONE_NEWCGROUP);
    return refuse(unshare_error);
}

/* The scratch directory, where the cgroups are noted. */
static void make_scratch(void)
{
    close(scratch);
    shell("cd '%s' && rm -rf scratch && mkdir scratch", folder);
    scratch = open(path_in(folder, "scratch"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int make(int layout)
{
    shell("rm -rf '%s'/* && cd '%s' && mkdir -p memory/own cpu/own pids/own base", folder, folder);
    make_scratch();
    version = layout;
    g = (struct cgroup){0};
    return CATCH(cgroup_make(&g, path_in(folder, "base"), "web", scratch));
}

static void assert_place(const struct cgroup_part *part, const char *dir)
{
    assert_int_equal(part->version, version);
    assert_string_equal(part->dir, path_in(folder, dir));
    assert_true(exists(part->dir));
}

static void v2_has_one_directory_below_the_base(void **state)
{
    assert_int_equal(make(2), 0);
    assert_string_equal(caught, "");
    assert_place(&g.memory, "base/web");
    assert_place(&g.cpu, "base/web");
    assert_place(&g.pids, "base/web");
    assert_int_equal(cgroup_remove(&g), 0);
    assert_false(exists(path_in(folder, "base/web")));
}

static void v1_has_one_for_each_controller_below_the_callers_own(void **state)
{
    assert_int_equal(make(1), 0);
    assert_place(&g.memory, "memory/own/web");
    assert_place(&g.cpu, "cpu/own/web");
    assert_place(&g.pids, "pids/own/web");
    assert_int_equal(cgroup_remove(&g), 0);
    assert_false(exists(g.memory.dir) || exists(g.cpu.dir) || exists(g.pids.dir));
}

static void their_mode_does_not_let_others_in(void **state)
{
    mode_t mask = umask(0);
    struct stat status;

    assert_int_equal(make(2), 0);
    umask(mask);
    assert_int_equal(stat(g.memory.dir, &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0755);
    assert_int_equal(cgroup_remove(&g), 0);
}

static void a_process_is_added_once_to_each_directory(void **state)
{
    *written = '\0';
    assert_int_equal(make(2), 0);
    assert_int_equal(cgroup_add(&g, 42), 0);
    assert_string_equal(written, "42 > /base/web/cgroup.procs\n");
    *written = '\0';
    assert_int_equal(make(1), 0);
    assert_int_equal(cgroup_add(&g, 42), 0);
    assert_string_equal(written, "42 > /memory/own/web/cgroup.procs\n"
                                 "42 > /cpu/own/web/cgroup.procs\n"
                                 "42 > /pids/own/web/cgroup.procs\n");
}

static void a_process_that_cannot_be_added_is_reported(void **state)
{
    char message[128];

    assert_int_equal(make(2), 0);
    write_error = EACCES;
    assert_int_equal(CATCH(cgroup_add(&g, 42)), -1);
    write_error = 0;
    assert_int_equal(errno, EACCES);
    snprintf(message, sizeof(message),
             "container: write '42' to %s/base/web/cgroup.procs: ", folder);
    assert_contains(caught, message);
}

static void without_a_cgroup_nothing_is_done(void **state)
{
    g = (struct cgroup){0};
    *written = '\0';
    assert_int_equal(CATCH(cgroup_add(&g, 42)), 0);
    assert_int_equal(CATCH(cgroup_remove(&g)), 0);
    assert_string_equal(written, "");
    assert_string_equal(caught, "");
}

static void a_name_in_use_is_refused_and_left_alone(void **state)
{
    assert_int_equal(make(1), 0);
    struct cgroup first = g;
    g = (struct cgroup){0};
    make_scratch(); /* the second container has its own */
    assert_int_equal(CATCH(cgroup_make(&g, "", "web", scratch)), -1);
    assert_int_equal(errno, EEXIST);
    assert_contains(caught, "/memory/own/web: EEXIST (File exists)\n");
    assert_int_equal(record_settle(scratch, "DIR"),
                     0); /* the first one's cgroup is not noted there */
    assert_int_equal(cgroup_remove(&g), 0);
    assert_true(exists(first.memory.dir));
    assert_int_equal(cgroup_remove(&first), 0);
}

static void assert_one_hint_cures(int layout)
{
    const char *hint = strstr(caught, "killed one has left this: rmdir ");

    assert_non_null(hint);
    assert_null(strstr(hint + 1, "hint"));
    shell("cd '%s' && %.*s", folder, (int)strcspn(strstr(hint, "rmdir"), "\n"),
          strstr(hint, "rmdir"));
    g = (struct cgroup){0};
    version = layout;
    make_scratch();
    assert_int_equal(CATCH(cgroup_make(&g, path_in(folder, "base"), "web", scratch)), 0);
    assert_int_equal(cgroup_remove(&g), 0);
}

/* A container was killed, and somebody has removed its scratch directory by hand. */
static void one_command_removes_all_that_has_the_name(void **state)
{
    for (int layout = 1; layout <= 2; layout++) {
        assert_int_equal(make(layout), 0);
        g = (struct cgroup){0};
        make_scratch();
        assert_int_equal(CATCH(cgroup_make(&g, path_in(folder, "base"), "web", scratch)), -1);
        assert_one_hint_cures(layout);
    }
}

static void a_later_run_finds_all_of_them_in_the_scratch_directory(void **state)
{
    for (int layout = 1; layout <= 2; layout++) {
        assert_int_equal(make(layout), 0);
        assert_int_equal(mkdir(path_in(g.pids.dir, "below"), 0700), 0);
        assert_int_equal(record_settle(scratch, "DIR"), 0);
        shell("[ -z \"$(find '%s' -name web)\" ]", folder);
    }
}

static void half_of_it_is_removed_too(void **state)
{
    missing = "pids";
    assert_int_equal(make(1), -1);
    missing = NULL;
    assert_int_equal(errno, ENOENT);
    assert_true(exists(path_in(folder, "cpu/own/web")));
    assert_int_equal(cgroup_remove(&g), 0);
    assert_false(exists(path_in(folder, "cpu/own/web")));
    assert_false(exists(path_in(folder, "memory/own/web")));
}

/* mkdir would succeed on the tmpfs that a hybrid layout has above its trees. */
static void nothing_is_made_where_no_cgroups_are(void **state)
{
    verify_error = EINVAL;
    assert_int_equal(make(1), -1);
    verify_error = 0;
    assert_int_equal(errno, EINVAL);
    assert_false(exists(path_in(folder, "memory/own/web")));
}

static int make_without_right(void)
{
    g = (struct cgroup){0};
    return CATCH(cgroup_make(&g, path_in(folder, "base"), "web", -1)) == -1 && errno == EACCES ? 0
                                                                                               : 1;
}

static int make_without_right_in_v1(void)
{
    return make_without_right() || !strstr(caught, "container: hint: cgroup v1 delegates nothing: "
                                                   "only root may do this, by sudo\n");
}

static int make_without_right_in_v2(void)
{
    return make_without_right() || strstr(caught, "hint");
}

static void only_v1_is_for_root_alone(void **state)
{
    assert_int_equal(make(1), 0);
    assert_int_equal(cgroup_remove(&g), 0);
    shell("chmod 755 '%s' && chmod 555 '%s'/*/own '%s/base'", folder, folder, folder);
    assert_int_equal(as_ordinary_user(make_without_right_in_v1), 0);
    version = 2;
    assert_int_equal(as_ordinary_user(make_without_right_in_v2), 0);
    shell("chmod 755 '%s'/*/own '%s/base'", folder, folder);
}

/* In v2 the container may have made some. */
static void cgroups_below_it_are_removed_too(void **state)
{
    assert_int_equal(make(2), 0);
    shell("mkdir -p '%s'/a/b/c '%s'/d/e", g.memory.dir, g.memory.dir);
    assert_int_equal(CATCH(cgroup_remove(&g)), 0);
    assert_string_equal(caught, "");
    assert_false(exists(path_in(folder, "base/web")));
    assert_int_equal(cgroup_remove(&g), 0); /* a second call does nothing */
}

static void one_that_is_gone_needs_no_removal(void **state)
{
    assert_int_equal(make(2), 0);
    assert_int_equal(rmdir(g.memory.dir), 0);
    assert_int_equal(CATCH(cgroup_remove(&g)), 0);
    assert_string_equal(caught, "");
}

static void one_that_stays_is_reported(void **state)
{
    assert_int_equal(make(2), 0);
    write_file(path_in(g.memory.dir, "file"), "");
    assert_int_equal(CATCH(cgroup_remove(&g)), -1);
    assert_int_equal(errno, ENOTEMPTY);
    assert_contains(caught, "container: rmdir ");
    assert_contains(caught, "/base/web: ENOTEMPTY (Directory not empty)\n");
}

static bool hinted;

void __wrap_namespaces_hint_refused(void)
{
    hinted = true;
}

static void the_namespace_is_of_cgroups_alone(void **state)
{
    assert_int_equal(CATCH(cgroup_enter_namespace()), 0);
    assert_false(hinted);
    unshare_error = EPERM;
    assert_int_equal(CATCH(cgroup_enter_namespace()), -1);
    assert_int_equal(errno, EPERM);
    assert_true(hinted); /* here AppArmor stops step04 */
    assert_string_equal(
        caught, "container: unshare the cgroup namespace: EPERM (Operation not permitted)\n");
}

static int set_limits(const char *refused)
{
    const struct limits limits = {.memory = 1, .cpu = 2, .pids = 3};

    *limited = '\0';
    refused_limit = refused;
    g = (struct cgroup){0};
    snprintf(g.memory.dir, sizeof(g.memory.dir), "%s/memory/web", folder);
    snprintf(g.cpu.dir, sizeof(g.cpu.dir), "%s/cpu/web", folder);
    snprintf(g.pids.dir, sizeof(g.pids.dir), "%s/pids/web", folder);
    g.memory.version = 1;
    g.cpu.version = 2;
    return cgroup_limit(&g, &limits);
}

static void each_limit_is_set_in_its_own_part(void **state)
{
    assert_int_equal(set_limits(NULL), 0);
    assert_string_equal(limited, "memory:1:/memory/web cpu:2:/cpu/web pids:0:/pids/web ");
}

static void no_limit_is_left_out(void **state)
{
    static const char *const refused[] = {"memory", "cpu", "pids"};

    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        assert_int_equal(set_limits(refused[i]), -1);
        assert_int_equal(errno, EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v2_has_one_directory_below_the_base),
        cmocka_unit_test(v1_has_one_for_each_controller_below_the_callers_own),
        cmocka_unit_test(their_mode_does_not_let_others_in),
        cmocka_unit_test(a_process_is_added_once_to_each_directory),
        cmocka_unit_test(a_process_that_cannot_be_added_is_reported),
        cmocka_unit_test(without_a_cgroup_nothing_is_done),
        cmocka_unit_test(a_name_in_use_is_refused_and_left_alone),
        cmocka_unit_test(one_command_removes_all_that_has_the_name),
        cmocka_unit_test(a_later_run_finds_all_of_them_in_the_scratch_directory),
        cmocka_unit_test(half_of_it_is_removed_too),
        cmocka_unit_test(nothing_is_made_where_no_cgroups_are),
        cmocka_unit_test(only_v1_is_for_root_alone),
        cmocka_unit_test(cgroups_below_it_are_removed_too),
        cmocka_unit_test(one_that_is_gone_needs_no_removal),
        cmocka_unit_test(one_that_stays_is_reported),
        cmocka_unit_test(the_namespace_is_of_cgroups_alone),
        cmocka_unit_test(each_limit_is_set_in_its_own_part),
        cmocka_unit_test(no_limit_is_left_out),
    };
    snprintf(folder, sizeof(folder), "%s", new_folder());
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
