/* The cgroups are not made. What is told about them is as a test wants it. */
#include "check.h"
#include "confinement.h"
#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

static int policy_error, core_error, claim_error, make_error, limit_error, remove_error,
    give_back_error;
static int removed, given_back;

int __wrap_priority_leave(void)
{
    return refuse(policy_error) < 0 ? report_errno("leave the policy") : 0;
}

int __wrap_rlimits_raise_core(void)
{
    return refuse(core_error) < 0 ? report_errno("raise the core limit") : 0;
}

int __wrap_delegation_claim(struct delegation *d, const char *name, int scratch)
{
    return refuse(claim_error) < 0 ? report_errno("claim") : 0;
}

int __wrap_cgroup_make(struct cgroup *g, const char *base, const char *name, int scratch)
{
    return refuse(make_error) < 0 ? report_errno("make") : 0;
}

int __wrap_cgroup_limit(const struct cgroup *g, const struct limits *l)
{
    return refuse(limit_error) < 0 ? report_errno("limit") : 0;
}

int __wrap_cgroup_remove(struct cgroup *g)
{
    removed++;
    return refuse(remove_error);
}

int __wrap_delegation_give_back(struct delegation *d)
{
    given_back++;
    return refuse(give_back_error);
}

static struct confinement c;

static int make(long long memory)
{
    const struct limits chosen = {.memory = memory};

    removed = 0;
    return CATCH(confinement_make(&c, &chosen, "web", -1));
}

static void with_cgroups_nothing_is_said(void **state)
{
    assert_int_equal(make(0), 0);
    assert_string_equal(caught, "");
    assert_int_equal(make(1 << 20), 0);
    assert_string_equal(caught, "");
    assert_int_equal(removed, 0);
}

static void without_cgroups_a_note_says_what_is_missing(void **state)
{
    int *const refusals[] = {&claim_error, &make_error, &limit_error};

    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        *refusals[i] = EACCES;
        assert_int_equal(make(0), 0);
        assert_contains(caught, "container: no cgroup can be made here (EACCES): each process");
        assert_int_equal(removed, 1);
        *refusals[i] = 0;
    }
}

static void a_chosen_limit_must_be_kept(void **state)
{
    claim_error = EACCES;
    assert_int_equal(make(1 << 20), -1);
    assert_int_equal(errno, EACCES);
    assert_string_equal(caught, "container: claim: EACCES (Permission denied)\n");
    assert_int_equal(removed, 0);
    claim_error = 0;
}

static void other_failures_are_no_lack_of_cgroups(void **state)
{
    make_error = ENOMEM;
    assert_int_equal(make(0), -1);
    assert_int_equal(errno, ENOMEM);
    assert_contains(caught, "container: limit memory, CPU time and processes; --memory 512M says");
    make_error = EEXIST;
    assert_int_equal(make(0), -1);
    assert_int_equal(errno, EEXIST);
    assert_contains(caught, "container: the name web is in use among the cgroups: EEXIST");
    make_error = 0;
}

/* What the caller brings along would open a guard, with or without a cgroup. */
static void what_the_caller_brings_along_and_keeps_is_an_error(void **state)
{
    policy_error = EPERM;
    assert_int_equal(make(0), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught, "container: leave the policy: EPERM (Operation not permitted)\n");
    policy_error = 0;
    core_error = EINVAL;
    assert_int_equal(make(0), -1);
    assert_string_equal(caught, "container: raise the core limit: EINVAL (Invalid argument)\n");
    core_error = 0;
}

static void each_part_of_the_removal_is_tried(void **state)
{
    remove_error = EBUSY;
    given_back = 0;
    assert_int_equal(confinement_remove(&c), -1);
    assert_int_equal(given_back, 1);
    remove_error = 0;
    give_back_error = EIO;
    assert_int_equal(confinement_remove(&c), -1);
    give_back_error = 0;
    assert_int_equal(confinement_remove(&c), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_cgroups_nothing_is_said),
        cmocka_unit_test(without_cgroups_a_note_says_what_is_missing),
        cmocka_unit_test(a_chosen_limit_must_be_kept),
        cmocka_unit_test(other_failures_are_no_lack_of_cgroups),
        cmocka_unit_test(what_the_caller_brings_along_and_keeps_is_an_error),
        cmocka_unit_test(each_part_of_the_removal_is_tried),
    };
    return check_run(tests);
}
