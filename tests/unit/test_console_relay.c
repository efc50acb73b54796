/*
 * Two pairs of terminals. What is typed at `keyboard` arrives at `caller`. The relay, in a child,
 * carries it on to `master`, and a container would read it from `inside`. When `launcher` is
 * closed, the relay is on its own.
 */
#include "check.h"
#include "console_relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int keyboard, caller, master, inside, launcher;
static pid_t relay;
static struct termios before;

static bool is_raw(int terminal)
{
    struct termios mode;

    assert_int_equal(tcgetattr(terminal, &mode), 0);
    return !(mode.c_lflag & (ICANON | ECHO | ISIG)) && !(mode.c_oflag & OPOST);
}

static void wait_until(bool (*holds)(void), const char *what)
{
    for (int i = 0; i < 1000; i++, usleep(10000))
        if (holds())
            return;
    fail_msg("not within 10 s: %s", what);
}

static bool caller_is_raw(void)
{
    return is_raw(caller);
}

/* As carrier_fork() begins it. */
static void become_relay(int launchers_other_end)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    close(keyboard);
    close(inside);
    close(launcher);
    _exit(console_relay(caller, true, false, master, launchers_other_end) < 0 ? errno : 0);
}

static int begin(void **state)
{
    struct winsize size = {.ws_row = 33, .ws_col = 77};
    int ends[2];

    assert_int_equal(openpty(&keyboard, &caller, NULL, NULL, &size), 0);
    assert_int_equal(openpty(&master, &inside, NULL, NULL, NULL), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    launcher = ends[0];
    assert_int_equal(tcgetattr(caller, &before), 0);
    assert_false(is_raw(caller));
    relay = fork();
    if (relay == 0)
        become_relay(ends[1]);
    close(master);
    close(ends[1]);
    wait_until(caller_is_raw, "raw mode");
    return 0;
}

static int end(void **state)
{
    if (relay > 0) { /* the test failed */
        kill(relay, SIGKILL);
        waitpid(relay, NULL, 0);
    }
    close(keyboard);
    close(caller);
    if (launcher >= 0)
        close(launcher);
    return 0;
}

static void leave_it_alone(void)
{
    close(launcher);
    launcher = -1;
}

static void assert_ended_and_restored(void)
{
    struct termios after;
    int status = -1;

    for (int i = 0; i < 1000 && waitpid(relay, &status, WNOHANG) == 0; i++)
        usleep(10000);
    assert_int_equal(status, 0);
    relay = 0;
    assert_int_equal(tcgetattr(caller, &after), 0);
    assert_int_equal(after.c_lflag, before.c_lflag);
    assert_int_equal(after.c_iflag, before.c_iflag);
    assert_int_equal(after.c_oflag, before.c_oflag);
    assert_int_equal(after.c_cflag, before.c_cflag);
    assert_memory_equal(after.c_cc, before.c_cc, sizeof(after.c_cc));
}

/* Reads so many bytes, or as many as come within 10 s. */
static size_t take(int fd, char *text, size_t wanted)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    size_t length = 0;

    while (length < wanted && poll(&ready, 1, 10000) > 0) {
        ssize_t got = read(fd, text + length, wanted - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    return length;
}

static void assert_reads(int fd, const char *wanted)
{
    char text[256] = "";

    assert_int_equal(take(fd, text, strlen(wanted)), strlen(wanted));
    assert_string_equal(text, wanted);
}

static void put(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void bytes_are_carried_both_ways(void **state)
{
    put(keyboard, "typed\n");
    assert_reads(inside, "typed\n");
    assert_reads(keyboard, "typed\r\n"); /* the echo of the terminal inside */
    put(inside, "printed\n");
    assert_reads(keyboard, "printed\r\n"); /* only the terminal inside adds a return */
    close(inside);
    assert_ended_and_restored();
}

/* Ctrl-C, Ctrl-D and Ctrl-Z mean nothing outside. Only the terminal inside acts on them. */
static void what_is_typed_arrives_as_it_is(void **state)
{
    struct termios raw = before;

    cfmakeraw(&raw);
    tcsetattr(inside, TCSANOW, &raw);
    put(keyboard, "\003\004\032\021\023\rx\n\377");
    assert_reads(inside, "\003\004\032\021\023\rx\n\377");
    close(inside);
    assert_ended_and_restored();
}

static struct winsize wanted;

static bool is_wanted_size(void)
{
    struct winsize size;

    return ioctl(inside, TIOCGWINSZ, &size) == 0 && size.ws_row == wanted.ws_row &&
           size.ws_col == wanted.ws_col;
}

static void the_size_of_the_window_is_followed(void **state)
{
    wanted = (struct winsize){.ws_row = 33, .ws_col = 77};
    wait_until(is_wanted_size, "the size at the start");
    wanted = (struct winsize){.ws_row = 40, .ws_col = 100};
    assert_int_equal(ioctl(keyboard, TIOCSWINSZ, &wanted), 0);
    kill(relay, SIGWINCH); /* as the kernel does for a terminal's foreground processes */
    wait_until(is_wanted_size, "the size after a change");
    close(inside);
    assert_ended_and_restored();
}

/* The output is more than any buffer on the way holds. */
static void all_of_the_output_arrives_before_the_end(void **state)
{
    static char sent[300000], got[sizeof(sent)];

    for (size_t i = 0; i < sizeof(sent); i++)
        sent[i] = (char)('a' + i % 26);
    pid_t writer = fork();
    if (writer == 0) {
        size_t done = 0;
        while (done < sizeof(sent)) {
            ssize_t length = write(inside, sent + done, sizeof(sent) - done);
            if (length <= 0)
                _exit(1);
            done += (size_t)length;
        }
        _exit(0);
    }
    close(inside);
    assert_int_equal(take(keyboard, got, sizeof(got)), sizeof(got));
    assert_memory_equal(got, sent, sizeof(got));
    waitpid(writer, NULL, 0);
    assert_ended_and_restored();
}

/* A container that reads nothing must not keep its output from its user. */
static void input_that_nobody_reads_does_not_stop_the_output(void **state)
{
    struct termios raw = before;

    cfmakeraw(&raw);
    tcsetattr(inside, TCSANOW, &raw); /* no waiting for a whole line, and no echo */
    fcntl(keyboard, F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 200; i++, usleep(1000))
        if (write(keyboard, "0123456789012345678901234567890123456789", 40) < 0)
            usleep(10000);
    put(inside, "printed");
    assert_reads(keyboard, "printed");
    close(inside);
    assert_ended_and_restored();
}

static void it_ends_when_the_launcher_is_gone(void **state)
{
    leave_it_alone();
    assert_ended_and_restored();
    close(inside);
}

/* They were sent to the whole job: the launcher decides what they mean. */
static void it_outlives_the_signals_of_the_job(void **state)
{
    const int signals[] = {SIGTERM, SIGINT,  SIGHUP,  SIGQUIT, SIGUSR1, SIGUSR2,     SIGALRM,
                           SIGPIPE, SIGTTIN, SIGTTOU, SIGXCPU, SIGPWR,  SIGRTMIN + 1};

    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
        kill(relay, signals[i]);
    put(inside, "last words");
    assert_reads(keyboard, "last words");
    close(inside);
    assert_ended_and_restored();
}

/* Prints more than the terminal of the caller takes while nobody reads it. */
static size_t print_until_it_is_full(void)
{
    static const char line[80] = "                                       nobody reads this\n";
    struct pollfd room = {.fd = inside, .events = POLLOUT};
    size_t printed = 0;

    while (poll(&room, 1, 500) > 0) {
        ssize_t length = write(inside, line, sizeof(line));
        if (length <= 0)
            break;
        printed += (size_t)length;
    }
    assert_in_range(printed, 4000, 10000000);
    return printed;
}

static void a_terminal_that_nobody_reads_does_not_hold_it_for_ever(void **state)
{
    int flags = fcntl(inside, F_GETFL);

    fcntl(inside, F_SETFL, flags | O_NONBLOCK);
    print_until_it_is_full();
    put(keyboard, "typed\n"); /* keys arrive all the same */
    assert_reads(inside, "typed\n");
    usleep(2500000);
    assert_int_equal(waitpid(relay, NULL, WNOHANG), 0); /* the reader may only be slow */
    leave_it_alone();
    assert_ended_and_restored();
    close(inside);
}

/* The same, but the terminal was stopped, as by Ctrl-S. */
static void a_stopped_terminal_does_not_hold_it_for_ever(void **state)
{
    assert_int_equal(tcflow(caller, TCOOFF), 0);
    put(inside, "held back");
    leave_it_alone();
    assert_ended_and_restored();
    close(inside);
}

static void a_slow_reader_gets_all_also_at_the_end(void **state)
{
    char text[4096];
    size_t printed, got = 0, length = 1;

    fcntl(inside, F_SETFL, O_NONBLOCK);
    printed = print_until_it_is_full();
    leave_it_alone();
    close(inside);
    for (usleep(1000000); got < printed && length > 0; usleep(50000)) {
        length = take(keyboard, text, 1000);
        for (size_t i = 0; i < length; i++)
            got += text[i] != '\r'; /* the terminal inside adds them */
    }
    assert_int_equal(got, printed);
    assert_ended_and_restored();
}

int main(void)
{
#define WITH_TERMINALS(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        WITH_TERMINALS(bytes_are_carried_both_ways),
        WITH_TERMINALS(what_is_typed_arrives_as_it_is),
        WITH_TERMINALS(the_size_of_the_window_is_followed),
        WITH_TERMINALS(all_of_the_output_arrives_before_the_end),
        WITH_TERMINALS(input_that_nobody_reads_does_not_stop_the_output),
        WITH_TERMINALS(it_ends_when_the_launcher_is_gone),
        WITH_TERMINALS(it_outlives_the_signals_of_the_job),
        WITH_TERMINALS(a_terminal_that_nobody_reads_does_not_hold_it_for_ever),
        WITH_TERMINALS(a_stopped_terminal_does_not_hold_it_for_ever),
        WITH_TERMINALS(a_slow_reader_gets_all_also_at_the_end),
    };
    return check_run(tests);
}
