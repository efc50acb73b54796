#include "check.h"
#include "doctor.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void what_is_too_long_is_cut(void **state)
{
    struct doctor_result r = {0};
    char text[1000];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    doctor_conclude(&r, DOCTOR_LACK, "%s", text);
    doctor_cure(&r, "%s", text);
    assert_int_equal(r.state, DOCTOR_LACK);
    assert_int_equal(strlen(r.found), sizeof(r.found) - 1);
    assert_int_equal(strlen(r.cure), sizeof(r.cure) - 1);
}

static struct doctor_result made;

static const struct doctor_result *make(doctor_examine *examine, struct doctor_machine *m)
{
    const struct doctor_check check = {.code = "this", .examine = examine};

    made = (struct doctor_result){0};
    doctor_make_check(&check, m, &made);
    return &made;
}

static enum doctor_state have_no_cure(struct doctor_machine *m, struct doctor_result *r)
{
    return doctor_lack(r, "%s", m->check->code);
}

static enum doctor_state have_a_cure(struct doctor_machine *m, struct doctor_result *r)
{
    doctor_lack(r, "it");
    return doctor_cure(r, "sudo it");
}

static enum doctor_state need_no_cure(struct doctor_machine *m, struct doctor_result *r)
{
    return doctor_note(r, "it");
}

static void the_last_cure_is_another_machine_or_more_rights(void **state)
{
    struct doctor_machine m = {.root = ""};

    assert_string_equal(make(have_no_cure, &m)->cure, "make vm");
    assert_string_equal(made.found, "this");
    assert_string_equal(make(have_a_cure, &m)->cure, "sudo it");
    assert_string_equal(make(need_no_cure, &m)->cure, "");
    m.engine = "podman";
    assert_string_equal(make(have_no_cure, &m)->cure, "podman run -it --privileged -v /tmp IMAGE");
}

static const char *cure_of(const char *code, const char *engine)
{
    const struct doctor_check check = {.code = code, .examine = have_no_cure};
    struct doctor_machine m = {.root = "", .engine = engine};

    made = (struct doctor_result){0};
    doctor_make_check(&check, &m, &made);
    return made.cure;
}

static void an_engine_is_asked_for_no_more_than_is_missing(void **state)
{
    assert_string_equal(cure_of("clone3", "docker"),
                        "docker run -it --security-opt seccomp=unconfined IMAGE");
    assert_string_equal(cure_of("proc-mount", "docker"),
                        "docker run -it --security-opt systempaths=unconfined IMAGE");
    assert_string_equal(cure_of("proc-mount", "podman"),
                        "podman run -it --security-opt unmask=ALL IMAGE");
    assert_string_equal(cure_of("overlay-user", "docker"),
                        "docker run -it --security-opt apparmor=unconfined -v /tmp IMAGE");
    assert_string_equal(cure_of("cgroup-pids", "docker"),
                        "docker run -it --privileged -v /tmp IMAGE");
    assert_string_equal(cure_of("clone3", NULL), "make vm");
}

static pid_t tried_in;

static int succeed(void *arg)
{
    tried_in = getpid();
    *(int *)arg = 1;
    return 0;
}

static int fail_with_reports(void *arg)
{
    errno = EACCES;
    report_errno("mkdir /x");
    report_hint("only root may do this");
    return -1;
}

static int fail_silently(void *arg)
{
    return -1;
}

static int be_killed(void *arg)
{
    raise(SIGKILL);
    return 0;
}

static int hang_with_a_child(void *arg)
{
    fork();
    pause();
    return 0;
}

static void an_attempt_apart_is_made_in_a_child(void **state)
{
    struct doctor_result r = {0};
    int done = 0;

    tried_in = 0;
    assert_true(CATCH(doctor_try(DOCTOR_APART, succeed, &done, &r)));
    assert_int_equal(done, 0);
    assert_int_equal(tried_in, 0);
    assert_int_equal(r.state, DOCTOR_NOT_TRIED);
    assert_string_equal(caught, "");
}

static void an_attempt_here_is_made_in_this_process(void **state)
{
    struct doctor_result r = {0};
    int done = 0;

    assert_true(doctor_try(DOCTOR_ITSELF, succeed, &done, &r));
    assert_int_equal(done, 1);
    assert_int_equal(tried_in, getpid());
}

static void a_failure_is_the_first_line_of_its_report(void **state)
{
    struct doctor_result r = {0};

    assert_false(CATCH(doctor_try(DOCTOR_APART, fail_with_reports, NULL, &r)));
    assert_int_equal(r.state, DOCTOR_LACK);
    assert_string_equal(r.found, "mkdir /x: EACCES (Permission denied)");
    assert_string_equal(caught, "");
    memset(&r, 0, sizeof(r));
    assert_false(CATCH(doctor_try(DOCTOR_ITSELF, fail_with_reports, NULL, &r)));
    assert_string_equal(r.found, "mkdir /x: EACCES (Permission denied)");
    assert_string_equal(caught, "");
}

static void a_failure_without_a_report_is_one(void **state)
{
    struct doctor_result r = {0};

    assert_false(doctor_try(DOCTOR_APART, fail_silently, NULL, &r));
    assert_string_equal(r.found, "it failed, and did not say why");
}

static void a_signal_is_a_failure(void **state)
{
    struct doctor_result r = {0};

    assert_false(doctor_try(DOCTOR_APART, be_killed, NULL, &r));
    assert_string_equal(r.found, "it was ended by signal 9");
}

static void an_attempt_that_hangs_is_ended_with_its_children(void **state)
{
    struct timespec start, end;
    struct doctor_result r = {0};
    int status;

    prctl(PR_SET_CHILD_SUBREAPER, 1); /* its child, which it leaves, becomes ours */
    clock_gettime(CLOCK_MONOTONIC, &start);
    assert_false(doctor_try(DOCTOR_APART, hang_with_a_child, NULL, &r));
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_string_equal(r.found, "it did not end within 3 seconds");
    assert_true(end.tv_sec - start.tv_sec < 20); /* a busy machine takes its time */
    assert_true(waitpid(-1, &status, 0) > 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(waitpid(-1, &status, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_long_is_cut),
        cmocka_unit_test(the_last_cure_is_another_machine_or_more_rights),
        cmocka_unit_test(an_engine_is_asked_for_no_more_than_is_missing),
        cmocka_unit_test(an_attempt_apart_is_made_in_a_child),
        cmocka_unit_test(an_attempt_here_is_made_in_this_process),
        cmocka_unit_test(a_failure_is_the_first_line_of_its_report),
        cmocka_unit_test(a_failure_without_a_report_is_one),
        cmocka_unit_test(a_signal_is_a_failure),
        cmocka_unit_test(an_attempt_that_hangs_is_ended_with_its_children),
    };

    report_program("doctor");
    return process_prepare() < 0 ? 1 : check_run(tests);
}
