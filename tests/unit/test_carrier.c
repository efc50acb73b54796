#include "carrier.h"
#include "check.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int fork_error, sigprocmask_error, dup2_error, close_range_error;

pid_t __real_fork(void);
pid_t __wrap_fork(void)
{
    return fork_error ? refuse(fork_error) : __real_fork();
}

int __real_sigprocmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    return sigprocmask_error ? refuse(sigprocmask_error) : __real_sigprocmask(how, set, old);
}

int __real_dup2(int old, int new);
int __wrap_dup2(int old, int new)
{
    return dup2_error ? refuse(dup2_error) : __real_dup2(old, new);
}

int __real_close_range(unsigned first, unsigned last, int flags);
int __wrap_close_range(unsigned first, unsigned last, int flags)
{
    return close_range_error ? refuse(close_range_error) : __real_close_range(first, last, flags);
}

static int from[2], to[2];

/* Returns the pid of a carrier that calls work(), and leaves with its value. */
static pid_t begin(int (*work)(void))
{
    assert_int_equal(pipe(from) | pipe(to), 0);
    pid_t carrier = carrier_fork("something", from[0], to[1], -1);
    if (carrier == 0)
        _exit(work());
    close(from[0]);
    close(to[1]);
    return carrier;
}

static int end(pid_t carrier)
{
    int status;

    assert_int_equal(waitpid(carrier, &status, 0), carrier);
    close(from[1]);
    close(to[0]);
    return CATCH(carrier_check("something", status));
}

static int copy_and_look(void)
{
    char byte;

    if (read(STDIN_FILENO, &byte, 1) != 1 || write(STDOUT_FILENO, &byte, 1) != 1)
        return EIO;
    for (int fd = STDERR_FILENO; fd < 1000; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            return EBADF;
    return 0;
}

static void it_has_two_descriptors_and_no_others(void **state)
{
    char byte = 0;
    pid_t carrier = begin(copy_and_look);

    assert_int_equal(write(from[1], "x", 1), 1);
    assert_int_equal(read(to[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    assert_int_equal(end(carrier), 0);
    assert_string_equal(caught, "");
}

/* First it says that it has begun: a signal before that would end it. */
static int begin_and_copy(void)
{
    return write(STDOUT_FILENO, "b", 1) != 1 ? EIO : copy_and_look();
}

static void signals_do_not_end_it(void **state)
{
    const int signals[] = {SIGTERM, SIGINT, SIGHUP,  SIGQUIT, SIGUSR1, SIGUSR2,  SIGALRM,
                           SIGPIPE, SIGIO,  SIGXCPU, SIGPWR,  SIGTTIN, SIGTTOU,  SIGRTMIN + 1,
                           SIGPROF, SIGSYS, SIGTRAP, SIGXFSZ, SIGTSTP, SIGVTALRM};
    pid_t carrier = begin(begin_and_copy);
    char byte;

    assert_int_equal(read(to[0], &byte, 1), 1);
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
        kill(carrier, signals[i]);
    kill(carrier, SIGCONT); /* after SIGTSTP, which stops it as it stops the whole job */
    assert_int_equal(write(from[1], "x", 1), 1);
    assert_int_equal(end(carrier), 0);
}

static int leave_with_enospc(void)
{
    return ENOSPC;
}

static int wait_for_ever(void)
{
    return pause();
}

static void its_end_is_told_as_it_was(void **state)
{
    assert_int_equal(end(begin(leave_with_enospc)), -1);
    assert_int_equal(errno, ENOSPC);
    assert_string_equal(caught, "container: carry the bytes of something: ENOSPC (No space left on "
                                "device)\n");
    pid_t carrier = begin(wait_for_ever);
    kill(carrier, SIGKILL);
    assert_int_equal(end(carrier), -1);
    assert_string_equal(caught,
                        "container: the process that carries something was killed by signal 9\n");
}

static void assert_refused(int *error)
{
    *error = EPERM;
    pid_t carrier = begin(copy_and_look);
    *error = 0;
    assert_int_equal(end(carrier), -1);
    assert_int_equal(errno, EPERM);
}

static void each_refused_call_is_an_error(void **state)
{
    assert_refused(&sigprocmask_error);
    assert_refused(&dup2_error);
    assert_refused(&close_range_error);
    fork_error = EAGAIN;
    assert_int_equal(CATCH(carrier_fork("something", 0, 1, -1)), -1);
    fork_error = 0;
    assert_int_equal(errno, EAGAIN);
    assert_contains(caught, "container: fork the process that carries something: EAGAIN "
                            "(Resource temporarily unavailable)\n"
                            "container: hint: no more processes may be started");
}

static int fail_after_half_a_second(void)
{
    usleep(500000);
    return ENOSPC;
}

/* Each SIGCHLD ends a wait early. The time that the carrier has is not less for that. */
static void many_signals_do_not_shorten_its_time(void **state)
{
    assert_int_equal(signals_hold(), 0);
    pid_t carrier = begin(fail_after_half_a_second);
    pid_t parent = getpid();
    pid_t flood = fork();
    siginfo_t info;

    if (flood == 0) {
        for (int i = 0; i < 100; i++, usleep(4000))
            kill(parent, SIGCHLD);
        _exit(0);
    }
    kill(parent, SIGTERM); /* is held */
    int result = CATCH(carrier_wait("something", carrier));
    waitpid(flood, NULL, 0);
    while (signals_take(&info, NULL) != SIGTERM)
        ;
    close(from[1]);
    close(to[0]);
    assert_int_equal(result, -1);
    assert_contains(caught, "carry the bytes of something: ENOSPC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_two_descriptors_and_no_others),
        cmocka_unit_test(signals_do_not_end_it),
        cmocka_unit_test(its_end_is_told_as_it_was),
        cmocka_unit_test(each_refused_call_is_an_error),
        cmocka_unit_test(many_signals_do_not_shorten_its_time), /* last: holds signals */
    };
    return check_run(tests);
}
