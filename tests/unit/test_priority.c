/* What the process has is as a test wants it. What it sets is only written down. */
#include "acts.h"
#include "check.h"
#include "priority.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int policy, nice_value, get_error;
static long disk;
static int flusher, nice_error;
static const char *score;
static int score_error; /* for who writes -1 to it */

int __wrap_sched_getscheduler(pid_t pid)
{
    assert_int_equal(pid, 0);
    return get_error ? refuse(get_error) : policy;
}

int __wrap_sched_setscheduler(pid_t pid, int chosen, const struct sched_param *parameter)
{
    assert_int_equal(pid, 0);
    assert_int_equal(parameter->sched_priority, 0);
    if ((chosen & SCHED_RESET_ON_FORK) != (policy & SCHED_RESET_ON_FORK))
        return refuse(EPERM); /* as for a user */
    assert_int_equal(chosen & ~SCHED_RESET_ON_FORK, SCHED_OTHER);
    return act("policy");
}

int __wrap_getpriority(int which, id_t who)
{
    assert_int_equal(which, PRIO_PROCESS);
    assert_int_equal(who, 0);
    return nice_error ? refuse(nice_error) : nice_value;
}

int __wrap_setpriority(int which, id_t who, int value)
{
    assert_int_equal(which, PRIO_PROCESS);
    assert_int_equal(who, 0);
    return act("nice %d", value);
}

long __wrap_syscall(long number, ...)
{
    va_list arguments;

    va_start(arguments, number);
    assert_int_equal(va_arg(arguments, int), 1);
    assert_int_equal(va_arg(arguments, int), 0);
    int value = number == SYS_ioprio_set ? va_arg(arguments, int) : 0;
    va_end(arguments);
    if (number == SYS_ioprio_set)
        return act("disk %d", value);
    assert_int_equal(number, SYS_ioprio_get);
    return disk < 0 ? refuse((int)-disk) : disk;
}

int __wrap_file_read(const char *path, char *text, size_t size)
{
    assert_string_equal(path, "/proc/self/oom_score_adj");
    if (!score)
        return refuse(ENOENT);
    snprintf(text, size, "%s", score);
    return 0;
}

int __wrap_file_write(const char *path, const char *text)
{
    assert_string_equal(path, "/proc/self/oom_score_adj");
    assert_string_equal(text, "-1");
    return score_error ? refuse(score_error) : 0;
}

int __wrap_prctl(int option, unsigned long value, ...)
{
    assert_int_equal(value, 0);
    if (option == PR_SET_IO_FLUSHER)
        return act("no flusher");
    assert_int_equal(option, PR_GET_IO_FLUSHER);
    return flusher < 0 ? refuse(EPERM) : flusher;
}

int __wrap_kernel_file_write(const char *dir, const char *name, const char *text)
{
    return act("%s > %s/%s", text, dir, name);
}

static void begin(int refused, int error)
{
    acts_begin(refused, error);
    policy = SCHED_OTHER;
    nice_value = 0;
    disk = 0;
    flusher = -1;
    score = "0";
    score_error = EACCES;
}

static void who_has_nothing_before_others_keeps_what_he_has(void **state)
{
    static const int policies[] = {SCHED_OTHER, SCHED_BATCH, SCHED_IDLE,
                                   SCHED_OTHER | SCHED_RESET_ON_FORK};

    for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
        begin(0, 0);
        policy = policies[i];
        nice_value = 19;
        disk = 2 << 13 | 7; /* best effort, and the last */
        score = "1000";
        assert_int_equal(CATCH(priority_leave()), 0);
        assert_string_equal(acts, "");
        assert_string_equal(caught, "");
    }
    disk = 3 << 13; /* idle */
    assert_int_equal(priority_leave(), 0);
    assert_string_equal(acts, "");
}

/* A kernel without disks has neither call. A filter may forbid one alone. */
static void a_class_that_cannot_be_seen_is_left(void **state)
{
    begin(0, 0);
    disk = -ENOSYS;
    assert_int_equal(priority_leave(), 0);
    assert_string_equal(acts, "disk 0\n");
    begin(1, ENOSYS);
    disk = -ENOSYS;
    assert_int_equal(priority_leave(), 0);
    begin(1, EPERM);
    disk = -ENOSYS;
    assert_int_equal(CATCH(priority_leave()), -1);
    assert_contains(caught, "container: leave the real-time class of disks: EPERM");
}

static void each_real_time_policy_is_left(void **state)
{
    static const int policies[] = {SCHED_FIFO, SCHED_RR, SCHED_DEADLINE,
                                   SCHED_RR | SCHED_RESET_ON_FORK};

    for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
        begin(0, 0);
        policy = policies[i];
        assert_int_equal(priority_leave(), 0);
        assert_string_equal(acts, "policy\n");
    }
}

static void take_all(void)
{
    policy = SCHED_FIFO;
    nice_value = -1; /* also what getpriority() returns for an error */
    disk = 1 << 13 | 4;
    flusher = 1;
    score = "-1000";
}

static void all_is_left_and_each_refusal_is_reported(void **state)
{
    static const char *const messages[] = {"",
                                           "leave the real-time scheduling policy: EPERM",
                                           "leave the nice value -1: EPERM",
                                           "leave the real-time class of disks: EPERM",
                                           "be no IO_FLUSHER: EPERM",
                                           ""};

    begin(0, 0);
    take_all();
    assert_int_equal(CATCH(priority_leave()), 0);
    assert_string_equal(acts, "policy\nnice 0\ndisk 0\nno flusher\n"
                              "0 > /proc/self/oom_score_adj\n");
    assert_string_equal(caught, "");
    for (int number = 1; number <= 5; number++) {
        begin(number, EPERM);
        take_all();
        assert_int_equal(CATCH(priority_leave()), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(acts_count, number);
        assert_contains(caught, messages[number]);
    }
}

static void what_cannot_be_read_is_reported(void **state)
{
    begin(0, 0);
    get_error = EPERM;
    assert_int_equal(CATCH(priority_leave()), -1);
    assert_contains(caught, "container: read the scheduling policy: EPERM");
    get_error = 0;
    nice_error = EPERM;
    assert_int_equal(CATCH(priority_leave()), -1);
    assert_contains(caught, "container: read the nice value: EPERM");
    nice_error = 0;
    disk = -EPERM;
    assert_int_equal(CATCH(priority_leave()), -1);
    assert_contains(caught, "container: read the priority for disks: EPERM");
    begin(0, 0);
    score = NULL;
    assert_int_equal(CATCH(priority_leave()), -1);
    assert_contains(caught, "container: read /proc/self/oom_score_adj: ENOENT");
    begin(0, 0);
    score_error = EROFS;
    assert_int_equal(CATCH(priority_leave()), -1);
    assert_contains(caught, "container: write to /proc/self/oom_score_adj: EROFS");
}

static void assert_note(const char *own, const char *written)
{
    begin(0, 0);
    score = own;
    score_error = 0; /* -1 is accepted, so the least is below 0 */
    assert_int_equal(CATCH(priority_leave()), 0);
    assert_contains(caught,
                    "container: the container may take an oom_score_adj below 0, as you may: ");
    assert_string_equal(acts, written);
}

/* The least score is in no file. It may be lower than the score. */
static void a_user_learns_that_the_container_can_take_it_back(void **state)
{
    assert_note("-900", "0 > /proc/self/oom_score_adj\n");
    assert_note("0", "0 > /proc/self/oom_score_adj\n");
    assert_note("200", "200 > /proc/self/oom_score_adj\n");
}

static void who_has_the_right_makes_the_usual_score_the_least(void **state)
{
    begin(0, 0);
    flusher = 0;
    assert_int_equal(CATCH(priority_leave()), 0);
    assert_string_equal(acts, "0 > /proc/self/oom_score_adj\n");
    assert_string_equal(caught, "");
    begin(0, 0);
    flusher = 0;
    score = "300";
    assert_int_equal(priority_leave(), 0);
    assert_string_equal(acts, "300 > /proc/self/oom_score_adj\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_nothing_before_others_keeps_what_he_has),
        cmocka_unit_test(a_class_that_cannot_be_seen_is_left),
        cmocka_unit_test(each_real_time_policy_is_left),
        cmocka_unit_test(all_is_left_and_each_refusal_is_reported),
        cmocka_unit_test(what_cannot_be_read_is_reported),
        cmocka_unit_test(who_has_the_right_makes_the_usual_score_the_least),
        cmocka_unit_test(a_user_learns_that_the_container_can_take_it_back),
    };
    return check_run(tests);
}
