/* Folders with plain files stand in for cgroups. What is written to them is only noted. */
#include "check.h"
#include "delegation.h"
#include "files.h"
#include "hierarchy.h"
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], pid[16];
static struct delegation d;

static const char *in_v1, *own; /* what hierarchy_find() finds */
static int find_error, verify_error;

int __wrap_hierarchy_find(struct hierarchy *h, const char *controller, const char *proc)
{
    assert_string_equal(proc, "/proc/self");
    h->version = strstr(in_v1, controller) ? 1 : 2;
    strcpy(h->top, folder);
    snprintf(h->own, sizeof(h->own), "%s%s", folder, own);
    return refuse(find_error);
}

int __wrap_hierarchy_verify(const struct hierarchy *h)
{
    assert_int_equal(h->version, 2);
    return refuse(verify_error);
}

static const char *busy; /* refused until the caller has left its cgroup */
static const char *refused;
static int refusal;
static char written[4096]; /* a line "text > file" for each write */

int __wrap_file_write(const char *path, const char *text)
{
    const char *file = path + strlen(folder);
    size_t length = strlen(written);

    snprintf(written + length, sizeof(written) - length, "%s > %s\n",
             strcmp(text, pid) == 0 ? "PID" : text, file);
    if (strstr(file, ".caller/cgroup.procs"))
        busy = NULL;
    if (busy && *text == '+' && strcmp(file, busy) == 0)
        return refuse(EBUSY);
    return refuse(refused && strstr(file, refused) ? refusal : 0);
}

/* Makes /, /a and /a/b, which hand nothing down. The caller is in `cgroup`. */
static void make_cgroups(const char *cgroup)
{
    shell("rm -rf '%s' && mkdir -p '%s/a/b' && cd '%s' && for dir in . a a/b; do "
          ": >$dir/cgroup.subtree_control; : >$dir/cgroup.procs; done",
          folder, folder, folder);
    in_v1 = "";
    own = cgroup;
    busy = refused = NULL;
    find_error = verify_error = 0;
}

static void set(const char *file, const char *text)
{
    write_file(path_in(folder, file), text);
}

static void refuse_writes(const char *file, int error)
{
    refused = file;
    refusal = error;
}

static int scratch = -1; /* none, or a folder that notes what was made */

static int claim(void)
{
    d = (struct delegation){0};
    *written = '\0';
    return CATCH(delegation_claim(&d, "web", scratch));
}

static int give_back(void)
{
    *written = '\0';
    return CATCH(delegation_give_back(&d));
}

/* `base` and `aside` are below the folder. */
static void assert_claimed(int result, const char *base, const char *aside)
{
    assert_string_equal(caught, "");
    assert_int_equal(result, 0);
    assert_string_equal(d.base + strlen(folder), base);
    assert_string_equal(*d.aside ? d.aside + strlen(folder) : "", aside);
    assert_int_equal(strncmp(d.base, folder, strlen(folder)), 0);
}

static void v1_delegates_nothing_and_needs_nothing(void **state)
{
    make_cgroups("/a");
    in_v1 = "memory cpu pids";
    assert_int_equal(claim(), 0);
    assert_string_equal(d.base, "");
    assert_string_equal(written, "");
    assert_int_equal(give_back(), 0);
    assert_string_equal(written, "");
}

static void controllers_are_handed_down_from_the_top_to_the_callers_cgroup(void **state)
{
    make_cgroups("/a/b");
    assert_claimed(claim(), "/a/b", "");
    assert_string_equal(written, "+memory +cpu +pids > /cgroup.subtree_control\n"
                                 "+memory +cpu +pids > /a/cgroup.subtree_control\n"
                                 "+memory +cpu +pids > /a/b/cgroup.subtree_control\n");
    make_cgroups("");
    assert_claimed(claim(), "", "");
    assert_string_equal(written, "+memory +cpu +pids > /cgroup.subtree_control\n");
}

static void what_is_handed_down_already_stays_as_it_is(void **state)
{
    make_cgroups("/a");
    set("cgroup.subtree_control", "cpuset cpu io memory pids\n");
    set("a/cgroup.subtree_control", "memory pids cpu\n");
    assert_claimed(claim(), "/a", "");
    assert_string_equal(written, "");
    assert_int_equal(give_back(), 0);
    assert_string_equal(written, "");
}

static void what_cannot_be_read_may_not_be_handed_down_yet(void **state)
{
    make_cgroups("/a");
    set("cgroup.subtree_control", "cpu memory pids\n");
    unlink(path_in(folder, "a/cgroup.subtree_control"));
    assert_claimed(claim(), "/a", "");
    assert_string_equal(written, "+memory +cpu +pids > /a/cgroup.subtree_control\n");
}

static void some_of_the_controllers_are_not_enough(void **state)
{
    make_cgroups("");
    set("cgroup.subtree_control", "memory pids\n");
    assert_claimed(claim(), "", "");
    assert_string_equal(written, "+memory +cpu +pids > /cgroup.subtree_control\n");
}

static void cpuset_is_not_cpu(void **state)
{
    make_cgroups("");
    set("cgroup.subtree_control", "cpuset memory pids\n");
    assert_claimed(claim(), "", "");
    assert_string_equal(written, "+memory +cpu +pids > /cgroup.subtree_control\n");
}

static void in_hybrid_only_what_v2_has_is_handed_down(void **state)
{
    make_cgroups("");
    in_v1 = "memory cpu";
    assert_claimed(claim(), "", "");
    assert_string_equal(written, "+pids > /cgroup.subtree_control\n");
}

/* A user may not write above the delegated cgroup; that is no error. */
static void a_refusal_above_the_callers_cgroup_does_not_matter(void **state)
{
    make_cgroups("/a/b");
    refuse_writes("/a/cgroup.subtree_control", EACCES);
    assert_claimed(claim(), "/a/b", "");
}

static void beside_other_processes_the_base_is_the_cgroup_above(void **state)
{
    make_cgroups("/a/b");
    busy = "/a/b/cgroup.subtree_control";
    set("a/b/cgroup.procs", "17\n18\n");
    assert_claimed(claim(), "/a", "");
    assert_int_equal(give_back(), 0);
    assert_lacks(written, "PID");
}

/* A caller that is alone in a cgroup can leave it. So its limits hold for the container. */
static void make_caller_alone(void)
{
    char procs[32];

    make_cgroups("/a/b");
    busy = "/a/b/cgroup.subtree_control";
    snprintf(procs, sizeof(procs), "%s\n", pid);
    set("a/b/cgroup.procs", procs);
}

static void a_list_of_processes_that_cannot_be_read_is_not_one_of_others(void **state)
{
    make_caller_alone();
    shell("rm '%s/a/b/cgroup.procs' && mkdir '%s/a/b/cgroup.procs'", folder, folder);
    refuse_writes("cgroup.subtree_control", EACCES);
    assert_int_equal(claim(), -1);
    assert_int_equal(errno, EISDIR);
    assert_contains(caught, ": EISDIR (Is a directory)\n");
}

static void alone_in_its_cgroup_the_caller_steps_aside_and_back(void **state)
{
    make_caller_alone();
    assert_claimed(claim(), "/a/b", "/a/b/web.caller");
    assert_contains(written, "+memory +cpu +pids > /a/b/cgroup.subtree_control\n"
                             "PID > /a/b/web.caller/cgroup.procs\n"
                             "+memory +cpu +pids > /a/b/cgroup.subtree_control\n");
    assert_true(exists(path_in(folder, "a/b/web.caller")));
    assert_int_equal(give_back(), 0);
    assert_string_equal(written, "-memory -cpu -pids > /a/b/cgroup.subtree_control\n"
                                 "PID > /a/b/cgroup.procs\n");
    assert_false(exists(path_in(folder, "a/b/web.caller")));
    assert_int_equal(give_back(), 0); /* a second call does nothing */
    assert_string_equal(written, "");
}

static void a_later_run_finds_the_callers_place_in_the_scratch_directory(void **state)
{
    make_caller_alone();
    shell("mkdir '%s/scratch'", folder);
    scratch = open(path_in(folder, "scratch"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_claimed(claim(), "/a/b", "/a/b/web.caller");
    assert_int_equal(record_settle(scratch, "DIR"), 0);
    assert_false(exists(path_in(folder, "a/b/web.caller")));
    close(scratch);
    scratch = -1;
    shell("rm -r '%s/scratch'", folder);
}

/* Else delegation_give_back() would take the controllers from the children of another cgroup. */
static void who_did_not_step_aside_has_no_way_back(void **state)
{
    make_caller_alone();
    scratch = open("/dev/null", O_RDONLY | O_CLOEXEC); /* no folder: nothing can be noted in it */
    int result = claim();
    close(scratch);
    scratch = -1;
    assert_int_equal(result, 0);
    assert_string_equal(d.aside, "");
    assert_contains(caught, "record ");
}

static void a_step_aside_in_vain_is_undone(void **state)
{
    make_caller_alone();
    refuse_writes("/a/b/cgroup.subtree_control", ENOENT);
    assert_claimed(claim(), "/a", "");
    assert_contains(written, "PID > /a/b/web.caller/cgroup.procs\n"
                             "+memory +cpu +pids > /a/b/cgroup.subtree_control\n"
                             "PID > /a/b/cgroup.procs\n");
    assert_false(exists(path_in(folder, "a/b/web.caller")));
    make_caller_alone();
    shell("mkdir '%s/a/b/web.caller'", folder); /* mkdir fails: it is somebody else's */
    assert_claimed(claim(), "/a", "");
    make_caller_alone();
    shell("mkdir -p '%s/a/b/web.caller/inner'", folder);
    refuse_writes("cgroup.subtree_control", EACCES);
    assert_int_equal(claim(), -1);
    assert_int_equal(errno, EBUSY); /* EEXIST would say that a cgroup has the name */
}

static const char advice[] = "container: hint: a cgroup of your own: systemd-run --user --scope -p "
                             "Delegate=yes COMMAND...\n";

static void assert_refused(int result, int error, const char *reason, const char *hint)
{
    char start[256];

    assert_int_equal(result, -1);
    assert_int_equal(errno, error);
    snprintf(start, sizeof(start),
             "container: enable +memory +cpu +pids for the children of %s/a/b: %s\n", folder,
             reason);
    assert_int_equal(strncmp(caught, start, strlen(start)), 0);
    assert_string_equal(caught + strlen(start), hint);
    assert_string_equal(d.base, "");
    assert_string_equal(d.aside, "");
    assert_int_equal(give_back(), 0);
}

static void a_user_without_a_delegated_cgroup_is_told_how_to_get_one(void **state)
{
    make_cgroups("/a/b");
    refuse_writes("cgroup.subtree_control", EACCES);
    assert_refused(claim(), EACCES, "EACCES (Permission denied)", advice);
}

/* The first refusal counts: it is about the caller's own cgroup. */
static void no_internal_processes_is_explained(void **state)
{
    char hints[512];

    make_cgroups("/a/b");
    busy = "/a/b/cgroup.subtree_control";
    refuse_writes("cgroup.subtree_control", EACCES);
    snprintf(hints, sizeof(hints),
             "container: hint: a cgroup that hands controllers down may hold no processes itself "
             "('no internal processes', cgroups(7)), and this one holds other processes\n%s",
             advice);
    assert_refused(claim(), EBUSY, "EBUSY (Device or resource busy)", hints);
}

/* ENOENT: the cgroup lacks one of them. EINVAL: the kernel lacks it. */
static void a_controller_that_is_not_there_is_an_error(void **state)
{
    static const char hint[] =
        "container: hint: cgroup.controllers lacks one: it is not handed down from above, or "
        "it was switched off at boot (cgroup_enable=memory)\n";

    make_cgroups("/a/b");
    refuse_writes("cgroup.subtree_control", ENOENT);
    assert_refused(claim(), ENOENT, "ENOENT (No such file or directory)", hint);
    refuse_writes("cgroup.subtree_control", EINVAL);
    assert_refused(claim(), EINVAL, "EINVAL (Invalid argument)", hint);
}

static int claim_as_user(void)
{
    return claim() == 0 ? 0 : 1;
}

/* The modes of the folders count for all users but root. */
static void a_cgroup_that_the_user_may_not_write_is_no_base(void **state)
{
    make_cgroups("/a/b");
    set("a/b/cgroup.subtree_control", "cpu memory pids\n");
    shell("chmod -R a+rX '%s'", folder);
    assert_int_equal(as_ordinary_user(claim_as_user), 0);
    shell("chmod 555 '%s/a/b'", folder);
    refuse_writes("cgroup.subtree_control", EACCES);
    assert_int_equal(as_ordinary_user(claim_as_user), 1);
    shell("chmod 755 '%s/a/b'", folder);
}

static void a_hierarchy_that_is_not_there_is_an_error(void **state)
{
    make_cgroups("/a");
    find_error = ENOENT;
    assert_int_equal(claim(), -1);
    assert_int_equal(errno, ENOENT);
    find_error = 0;
    verify_error = EINVAL;
    assert_int_equal(claim(), -1);
    assert_int_equal(errno, EINVAL);
    assert_string_equal(caught, ""); /* the module that failed has reported */
    assert_string_equal(written, "");
}

static void assert_not_given_back(const char *file, const char *message)
{
    make_caller_alone();
    assert_claimed(claim(), "/a/b", "/a/b/web.caller");
    refuse_writes(file, EBUSY);
    assert_int_equal(give_back(), -1);
    assert_int_equal(errno, EBUSY);
    assert_contains(caught, message);
    assert_contains(caught, ": EBUSY (Device or resource busy)\n");
}

static void each_refusal_on_the_way_back_is_reported(void **state)
{
    assert_not_given_back("/a/b/cgroup.subtree_control",
                          "container: write '-memory -cpu -pids' to ");
    assert_not_given_back("/a/b/cgroup.procs", "container: return to the cgroup ");
    make_caller_alone();
    assert_claimed(claim(), "/a/b", "/a/b/web.caller");
    set("a/b/web.caller/file", "");
    assert_int_equal(give_back(), -1);
    assert_int_equal(errno, ENOTEMPTY);
    assert_contains(caught, "container: rmdir ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v1_delegates_nothing_and_needs_nothing),
        cmocka_unit_test(controllers_are_handed_down_from_the_top_to_the_callers_cgroup),
        cmocka_unit_test(what_is_handed_down_already_stays_as_it_is),
        cmocka_unit_test(what_cannot_be_read_may_not_be_handed_down_yet),
        cmocka_unit_test(some_of_the_controllers_are_not_enough),
        cmocka_unit_test(cpuset_is_not_cpu),
        cmocka_unit_test(in_hybrid_only_what_v2_has_is_handed_down),
        cmocka_unit_test(a_refusal_above_the_callers_cgroup_does_not_matter),
        cmocka_unit_test(beside_other_processes_the_base_is_the_cgroup_above),
        cmocka_unit_test(a_list_of_processes_that_cannot_be_read_is_not_one_of_others),
        cmocka_unit_test(alone_in_its_cgroup_the_caller_steps_aside_and_back),
        cmocka_unit_test(a_later_run_finds_the_callers_place_in_the_scratch_directory),
        cmocka_unit_test(who_did_not_step_aside_has_no_way_back),
        cmocka_unit_test(a_step_aside_in_vain_is_undone),
        cmocka_unit_test(a_user_without_a_delegated_cgroup_is_told_how_to_get_one),
        cmocka_unit_test(no_internal_processes_is_explained),
        cmocka_unit_test(a_controller_that_is_not_there_is_an_error),
        cmocka_unit_test(a_cgroup_that_the_user_may_not_write_is_no_base),
        cmocka_unit_test(a_hierarchy_that_is_not_there_is_an_error),
        cmocka_unit_test(each_refusal_on_the_way_back_is_reported),
    };
    snprintf(folder, sizeof(folder), "%s", new_folder());
    snprintf(pid, sizeof(pid), "%d", getpid());
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
