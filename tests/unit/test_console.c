/* Without a container. The tests of the steps show what happens in one. */
#include "check.h"
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int socketpair_error, tcgetattr_error, shutdown_error;

int __real_socketpair(int domain, int type, int protocol, int *ends);
int __wrap_socketpair(int domain, int type, int protocol, int *ends)
{
    return socketpair_error ? refuse(socketpair_error)
                            : __real_socketpair(domain, type, protocol, ends);
}

int __real_tcgetattr(int fd, struct termios *mode);
int __wrap_tcgetattr(int fd, struct termios *mode)
{
    return tcgetattr_error ? refuse(tcgetattr_error) : __real_tcgetattr(fd, mode);
}

int __real_shutdown(int fd, int how);
int __wrap_shutdown(int fd, int how)
{
    return shutdown_error ? refuse(shutdown_error) : __real_shutdown(fd, how);
}

static int use_without_terminal(void)
{
    struct console c = {0};

    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    if (console_open(&c) < 0 || c.channel != -1 || c.relay != 0)
        return 1;
    if (console_attach(&c, &(struct user){0}) < 0 || console_close(&c) < 0)
        return 2;
    return 0;
}

static void nothing_happens_without_a_terminal(void **state)
{
    assert_int_equal(CATCH(in_child(use_without_terminal)), 0);
    assert_string_equal(caught, "");
}

static void what_was_never_opened_can_be_closed(void **state)
{
    struct console c = {0};

    assert_int_equal(CATCH(console_close(&c)), 0);
    assert_string_equal(caught, "");
}

static int terminal(void)
{
    int other, ours;

    if (openpty(&other, &ours, NULL, NULL, NULL) < 0 || dup2(ours, STDIN_FILENO) < 0)
        _exit(100);
    return other;
}

static int close_before_there_is_a_container(void)
{
    struct console c = {0};

    terminal();
    if (console_open(&c) < 0 || c.channel < 0 || c.relay <= 0)
        return 1;
    return console_close(&c) < 0;
}

static void a_relay_that_gets_no_terminal_ends_well(void **state)
{
    assert_int_equal(CATCH(in_child(close_before_there_is_a_container)), 0);
    assert_string_equal(caught, "");
}

/* As if the relay had changed the mode, and had died before it restored it. */
static int kill_the_relay(void)
{
    struct console c = {0};
    struct termios before, mode;

    terminal();
    tcgetattr(STDIN_FILENO, &before);
    if (console_open(&c) < 0)
        return 1;
    mode = before;
    cfmakeraw(&mode);
    tcsetattr(STDIN_FILENO, TCSANOW, &mode);
    kill(c.relay, SIGKILL);
    if (console_close(&c) != -1)
        return 2;
    tcgetattr(STDIN_FILENO, &mode);
    return mode.c_lflag != before.c_lflag || mode.c_oflag != before.c_oflag ||
           mode.c_iflag != before.c_iflag;
}

static void a_relay_that_was_killed_leaves_no_raw_terminal(void **state)
{
    assert_int_equal(CATCH(in_child(kill_the_relay)), 0);
    assert_string_equal(
        caught, "container: the process that carries the terminal was killed by signal 9\n");
}

static int open_with_errors(void)
{
    struct console c = {0};

    terminal();
    tcgetattr_error = EIO; /* isatty(3) needs it too, but calls it inside the library */
    if (CATCH(console_open(&c)) != -1 || errno != EIO ||
        strcmp(caught, "container: read the mode of the terminal: EIO (Input/output error)\n") != 0)
        return 1;
    tcgetattr_error = 0;
    socketpair_error = EMFILE;
    if (CATCH(console_open(&c)) != -1 || errno != EMFILE ||
        !strstr(caught, "socketpair for the terminal: EMFILE"))
        return 2;
    socketpair_error = 0;
    return c.relay > 0;
}

static int close_with_errors(void)
{
    struct console c = {0};

    terminal();
    if (console_open(&c) < 0)
        return 1;
    shutdown_error = ENOTCONN;
    if (CATCH(console_close(&c)) != -1 ||
        !strstr(caught, "close the channel of the terminal: ENOTCONN"))
        return 2;
    shutdown_error = 0;
    return console_close(&c) < 0;
}

static void each_refused_call_is_reported(void **state)
{
    assert_int_equal(in_child(open_with_errors), 0);
    assert_int_equal(in_child(close_with_errors), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_happens_without_a_terminal),
        cmocka_unit_test(what_was_never_opened_can_be_closed),
        cmocka_unit_test(a_relay_that_gets_no_terminal_ends_well),
        cmocka_unit_test(a_relay_that_was_killed_leaves_no_raw_terminal),
        cmocka_unit_test(each_refused_call_is_reported),
    };
    return check_run(tests);
}
