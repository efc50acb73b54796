#include "capabilities.h"
#include "check.h"
#include "report.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

/* This call is refused. Meanwhile the others have no effect. */
static const char *refused;
static int reason = EPERM;

static int act(const char *call)
{
    return refuse(strcmp(refused, call) == 0 ? reason : 0);
}

int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
    if (!refused)
        return __real_prctl(option, a, b, c, d);
    return act(option == PR_CAPBSET_DROP ? "PR_CAPBSET_DROP" : "PR_CAP_AMBIENT");
}

int __real_cap_set_proc(cap_t state);
int __wrap_cap_set_proc(cap_t state)
{
    return refused ? act("cap_set_proc") : __real_cap_set_proc(state);
}

/* In a library without names, the text is a number. Behind its end lies something else. */
static char number[] = "7\0  behind";
static bool no_names;

char *__real_cap_to_name(cap_value_t capability);
char *__wrap_cap_to_name(cap_value_t capability)
{
    return no_names ? number : __real_cap_to_name(capability);
}

int __real_cap_free(void *text);
int __wrap_cap_free(void *text)
{
    return text == number ? 0 : __real_cap_free(text);
}

/* As if the kernel refused PR_CAPBSET_READ, by which the library counts. */
static bool no_count;

cap_value_t __real_cap_max_bits(void);
cap_value_t __wrap_cap_max_bits(void)
{
    return no_count ? 0 : __real_cap_max_bits();
}

static unsigned long long set_of(const char *name)
{
    char line[256], format[32];
    unsigned long long set = 0;
    FILE *status = fopen("/proc/self/status", "re");

    snprintf(format, sizeof(format), "%s: %%llx", name);
    while (status && fgets(line, sizeof(line), status) && sscanf(line, format, &set) != 1)
        ;
    if (status)
        fclose(status);
    return set;
}

/* Takes all that root has, and some in the two sets that are mostly empty. */
static bool begin_with_all(void)
{
    const cap_value_t some[] = {CAP_CHOWN, CAP_SYS_ADMIN};

    if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
        return false;
    cap_t state = cap_get_proc();
    if (cap_set_flag(state, CAP_INHERITABLE, 2, some, CAP_SET) < 0 || cap_set_proc(state) < 0 ||
        cap_set_ambient(CAP_CHOWN, CAP_SET) < 0 || cap_set_ambient(CAP_SYS_ADMIN, CAP_SET) < 0)
        return false;
    cap_free(state);
    return set_of("CapAmb") != 0 && set_of("CapInh") != 0;
}

enum { CANNOT = 99 };

static struct capabilities chosen;

static int limit_and_look(void)
{
    if (!begin_with_all())
        return CANNOT;
    if (capabilities_bound(&chosen) < 0 || capabilities_set(&chosen) < 0)
        return 1;
    fprintf(stderr, "bounding %llx permitted %llx effective %llx inheritable %llx ambient %llx\n",
            set_of("CapBnd"), set_of("CapPrm"), set_of("CapEff"), set_of("CapInh"),
            set_of("CapAmb"));
    return 0;
}

static void assert_left(unsigned long long set)
{
    char wanted[256];
    int result = CATCH(in_child(limit_and_look));

    if (result == CANNOT)
        check_skip("needs root or user namespaces: sudo make test");
    assert_int_equal(result, 0);
    snprintf(wanted, sizeof(wanted),
             "bounding %llx permitted %llx effective %llx inheritable 0 ambient 0\n", set, set,
             set);
    assert_string_equal(caught, wanted);
}

#define choose(...) choose_words((const char *const[]){__VA_ARGS__, NULL})
static void choose_words(const char *const *words)
{
    chosen = (struct capabilities){0};
    for (; *words; words++)
        assert_int_equal((**words == '+' ? capabilities_parse_add
                                         : capabilities_parse_drop)(*words + 1, &chosen),
                         0);
}

/* chown dac_override fowner fsetid kill setgid setuid net_bind_service sys_chroot setfcap */
static const unsigned long long ten = 0x800404fb;

static void ten_are_left(void **state)
{
    choose(NULL);
    assert_left(ten);
}

static void some_are_added_and_some_are_dropped(void **state)
{
    choose("+net_raw");
    assert_left(ten | 1ULL << CAP_NET_RAW);
    choose("-kill", "-CAP_CHOWN");
    assert_left(ten & ~(1ULL << CAP_KILL | 1ULL << CAP_CHOWN));
    choose("+SYS_ADMIN", "-kill");
    assert_left((ten | 1ULL << CAP_SYS_ADMIN) & ~(1ULL << CAP_KILL));
    choose("+kill", "-kill");
    assert_left(ten & ~(1ULL << CAP_KILL));
}

static void all_are_dropped_but_those_named(void **state)
{
    choose("-all");
    assert_left(0);
    choose("-all", "+chown");
    assert_left(1ULL << CAP_CHOWN);
    choose("+chown", "-ALL", "-kill");
    assert_left(1ULL << CAP_CHOWN);
}

static void all_are_added_but_those_named(void **state)
{
    /* In a namespace of its own, a user has all of them. */
    unsigned long long all = geteuid() == 0 ? set_of("CapBnd") : (1ULL << cap_max_bits()) - 1;

    choose("+all");
    assert_left(all);
    choose("+all", "-sys_admin");
    assert_left(all & ~(1ULL << CAP_SYS_ADMIN));
}

static void a_library_that_cannot_count_leaves_no_more(void **state)
{
    no_count = true;
    choose(NULL);
    assert_left(ten);
    choose("+net_raw");
    assert_left(ten | 1ULL << CAP_NET_RAW);
    choose("-all");
    assert_left(0);
    no_count = false;
}

static int set_with_few(void)
{
    const cap_value_t few[] = {CAP_CHOWN, CAP_SYS_ADMIN};

    if (!begin_with_all())
        return CANNOT;
    cap_t state = cap_init();
    cap_set_flag(state, CAP_PERMITTED, 2, few, CAP_SET);
    if (cap_set_proc(state) < 0)
        return CANNOT;
    cap_free(state);
    if (capabilities_set(&chosen) < 0)
        return 1;
    return set_of("CapPrm") != 1ULL << CAP_CHOWN || set_of("CapEff") != 1ULL << CAP_CHOWN;
}

/* The caller is as one that is no longer root. */
static void what_the_caller_has_not_is_not_set(void **state)
{
    choose(NULL);
    int result = in_child(set_with_few);
    if (result == CANNOT)
        check_skip("needs root or user namespaces: sudo make test");
    assert_int_equal(result, 0);
}

static void a_name_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"",       "net",      "cap_",       "cap_cap_chown",
                                        "99",     "-1",       "chown,kill", "chown ",
                                        " chown", "chown=ep", "allx",       "0"};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char message[128];

        chosen = (struct capabilities){0};
        snprintf(message, sizeof(message),
                 "container: capability '%s' (wanted: a name of capabilities(7), or all): EINVAL "
                 "(Invalid argument)\n",
                 wrong[i]);
        if (CATCH(capabilities_parse_add(wrong[i], &chosen)) != -1)
            fail_msg("'%s' is accepted", wrong[i]);
        assert_int_equal(errno, EINVAL);
        assert_string_equal(caught, message);
        assert_int_equal(CATCH(capabilities_parse_drop(wrong[i], &chosen)), -1);
        assert_true(chosen.added == 0 && chosen.dropped == 0);
    }
}

static int do_both(void)
{
    return capabilities_bound(&chosen) < 0 ? -1 : capabilities_set(&chosen);
}

static void assert_refused(const char *call, const char *message)
{
    choose(NULL);
    refused = call;
    assert_int_equal(CATCH(do_both()), -1);
    refused = NULL;
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught, message);
}

static void each_refusal_is_reported(void **state)
{
    assert_refused("PR_CAPBSET_DROP", "container: drop capability 2 from the bounding set: EPERM "
                                      "(Operation not permitted)\n");
    assert_refused("PR_CAP_AMBIENT",
                   "container: empty the ambient capabilities: EPERM (Operation not permitted)\n");
    assert_refused("cap_set_proc",
                   "container: set the capabilities: EPERM (Operation not permitted)\n");
}

/* EINVAL is right for a capability that the kernel does not know. It knows the first 41. */
static void a_known_capability_that_is_invalid_is_an_error(void **state)
{
    choose(NULL);
    refused = "PR_CAPBSET_DROP";
    reason = EINVAL;
    assert_int_equal(CATCH(capabilities_bound(&chosen)), -1);
    refused = NULL;
    reason = EPERM;
    assert_string_equal(caught, "container: drop capability 2 from the bounding set: EINVAL "
                                "(Invalid argument)\n");
}

/* The last test, since nothing switches the trace off. */
static void a_capability_without_a_name_is_explained_by_its_number(void **state)
{
    const struct capabilities one = {.dropped = UINT64_MAX, .added = 1};

    explain_on();
    refused = "nothing";
    CATCH(capabilities_bound(&one));
    assert_contains(caught, "+ setpriv --bounding-set -all,+chown --ambient-caps -all sh\n");
    no_names = true;
    CATCH(capabilities_bound(&one));
    assert_contains(caught, "+ setpriv --bounding-set -all,+7 --ambient-caps -all sh\n");
    no_names = false;
    refused = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_are_left),
        cmocka_unit_test(some_are_added_and_some_are_dropped),
        cmocka_unit_test(all_are_dropped_but_those_named),
        cmocka_unit_test(all_are_added_but_those_named),
        cmocka_unit_test(a_library_that_cannot_count_leaves_no_more),
        cmocka_unit_test(what_the_caller_has_not_is_not_set),
        cmocka_unit_test(a_name_that_is_none_is_refused),
        cmocka_unit_test(each_refusal_is_reported),
        cmocka_unit_test(a_known_capability_that_is_invalid_is_an_error),
        cmocka_unit_test(a_capability_without_a_name_is_explained_by_its_number),
    };
    return check_run(tests);
}
