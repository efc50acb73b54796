/* Without a container. The tests of the steps show what happens in one. */
#include "check.h"
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

static const char *refused; /* this call fails     */
static int refusal;         /* with this error     */
static int after;           /* so many calls later */

static bool is_refused(const char *call)
{
    return refused && strcmp(call, refused) == 0 && after-- == 0;
}

/* Outside of a container, this one is often root's alone. */
int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
    bool makes_one = strcmp(path, "/dev/pts/ptmx") == 0;

    if (is_refused(makes_one ? "ptmx" : "open"))
        return refuse(refusal);
    return __real_open64(makes_one ? "/dev/ptmx" : path, flags);
}

int __real_unlockpt(int master);
int __wrap_unlockpt(int master)
{
    return is_refused("unlockpt") ? refuse(refusal) : __real_unlockpt(master);
}

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument)
{
    const char *name = request == TIOCGPTPEER ? "peer" : request == TIOCSCTTY ? "control" : "ioctl";

    return is_refused(name) ? refuse(refusal) : __real_ioctl(fd, request, argument);
}

int __real_dup2(int old, int new);
int __wrap_dup2(int old, int new)
{
    return is_refused("dup2") ? refuse(refusal) : __real_dup2(old, new);
}

int __real_isatty(int fd);
int __wrap_isatty(int fd)
{
    if (!is_refused("isatty"))
        return __real_isatty(fd);
    errno = refusal;
    return 0;
}

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    return is_refused("write") ? refuse(refusal) : __real_write(fd, bytes, length);
}

ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    return is_refused("sendmsg") ? refuse(refusal) : __real_sendmsg(fd, message, flags);
}

ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t length = __real_recvmsg(fd, message, flags);

    if (is_refused("recvmsg"))
        return refuse(refusal);
    if (is_refused("descriptor")) /* there was no room for it */
        message->msg_flags |= MSG_CTRUNC;
    return length;
}

int __real_tcsetattr(int fd, int when, const struct termios *mode);
int __wrap_tcsetattr(int fd, int when, const struct termios *mode)
{
    return is_refused("tcsetattr") ? refuse(refusal) : __real_tcsetattr(fd, when, mode);
}

pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
    return is_refused("waitpid") ? refuse(refusal) : __real_waitpid(pid, status, options);
}

pid_t __real_carrier_fork(const char *what, int from, int to, int until);
pid_t __wrap_carrier_fork(const char *what, int from, int to, int until)
{
    return is_refused("carrier_fork") ? refuse(refusal)
                                      : __real_carrier_fork(what, from, to, until);
}

int __real_user_give(const struct user *user, int fd);
int __wrap_user_give(const struct user *user, int fd)
{
    return is_refused("user_give") ? refuse(refusal) : __real_user_give(user, fd);
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

static bool fails_to_open(const char *call, int calls_before, int error, const char *message)
{
    struct console c = {0};

    refused = call;
    refusal = error;
    after = calls_before;
    int result = CATCH(console_open(&c));
    refused = NULL;
    return result == -1 && errno == error && strstr(caught, message) && c.relay <= 0;
}

/* The terminal is open for reading alone, as by `</dev/tty`. */
static int open_to_read(void)
{
    int other = terminal(), ours = open(ptsname(other), O_RDONLY | O_NOCTTY);

    if (ours < 0 || dup2(ours, STDIN_FILENO) < 0)
        return 1;
    if (!fails_to_open("open", 0, EACCES, "open the terminal to read and write: EACCES"))
        return 2;
    if (!fails_to_open("isatty", 0, EIO, "look at descriptor 0: EIO"))
        return 3;
    if (!fails_to_open("isatty", 1, EIO, "look at descriptor 1: EIO"))
        return 4;
    return !fails_to_open("carrier_fork", 0, EAGAIN, "");
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

/* Closes it while the relay cannot go on. */
static bool fails_to_close(const char *call, int error, const char *message)
{
    struct console c = {0};

    terminal();
    refused = call;
    refusal = error;
    after = 0;
    if (console_open(&c) < 0)
        return false;
    char byte = 0;
    if (strcmp(call, "descriptor") == 0 && send(c.channel, &byte, 1, 0) != 1)
        return false;
    int result = CATCH(console_close(&c));
    refused = NULL;
    close(c.channel);
    return result == -1 && errno == error && strstr(caught, message);
}

static int close_what_has_failed(void)
{
    if (!fails_to_close("waitpid", ECHILD, "container: waitpid "))
        return 1;
    if (!fails_to_close("recvmsg", ENOMEM, "carry the bytes of the terminal: ENOMEM"))
        return 2;
    if (!fails_to_close("descriptor", EMFILE, "carry the bytes of the terminal: EMFILE"))
        return 3;
    return 0;
}

static int fail_to_restore(void)
{
    struct console c = {0};

    terminal();
    if (console_open(&c) < 0)
        return 1;
    kill(c.relay, SIGKILL);
    refused = "tcsetattr";
    refusal = EIO;
    after = 0;
    return CATCH(console_close(&c)) != -1 ||
           !strstr(caught, "restore the mode of the terminal: EIO");
}

static void a_relay_that_fails_is_reported(void **state)
{
    assert_int_equal(in_child(close_what_has_failed), 0);
    assert_int_equal(in_child(fail_to_restore), 0);
}

static int launchers_end;

/* As in a container: the leader of a session, whose stdin and stderr are the caller's terminal. */
static struct console prepare(bool waits)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        _exit(100);
    launchers_end = ends[0];
    terminal();
    dup2(STDIN_FILENO, STDERR_FILENO);
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    setsid();
    signal(SIGHUP, SIG_IGN); /* a test may close the other end of its terminal */
    return (struct console){.channel = ends[1], .waits = waits};
}

static bool is_same_file(int one, int other)
{
    struct stat a, b;

    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_rdev == b.st_rdev &&
           a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static int attach(void)
{
    struct console c = prepare(false);
    int before = dup(STDIN_FILENO);
    char byte;

    if (console_attach(&c, &(struct user){0}) < 0 || c.channel != -1)
        return 1;
    if (is_same_file(before, STDIN_FILENO) || !is_same_file(STDIN_FILENO, STDERR_FILENO))
        return 2;
    if (isatty(STDOUT_FILENO) || tcgetsid(STDIN_FILENO) != getpid())
        return 3;
    /* The message is one byte, and then comes the end: nobody holds the channel. */
    ssize_t first = recv(launchers_end, &byte, 1, 0), then = recv(launchers_end, &byte, 1, 0);
    return first != 1 || then != 0 ? 4 : 0;
}

static int attach_and_wait(void)
{
    struct console c = prepare(true);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    if (console_attach(&c, &(struct user){0}) < 0 || c.channel < 0)
        return 1;
    return poll(&input, 1, 0) != 1; /* the bait is laid */
}

static void the_container_gets_a_terminal_of_its_own(void **state)
{
    assert_int_equal(in_child(attach), 0);
    assert_int_equal(in_child(attach_and_wait), 0);
}

static const char *attach_message;
static bool attach_waits;

static int catch_attach(void)
{
    const char *call = refused;
    int later = after;

    refused = NULL;
    struct console c = prepare(attach_waits);
    refused = call;
    after = later;
    int result = CATCH(console_attach(&c, &(struct user){0}));
    return result != -1 || errno != refusal || !strstr(caught, attach_message);
}

static void assert_attach_fails(const char *call, int calls_before, const char *message)
{
    refused = call;
    refusal = EPERM;
    after = calls_before;
    attach_message = message;
    int result = in_child(catch_attach);
    refused = NULL;
    if (result != 0)
        fail_msg("%s: no \"%s\"", call, message);
}

static void a_terminal_that_cannot_be_made_is_reported(void **state)
{
    attach_waits = false;
    assert_attach_fails("ptmx", 0, "container: open /dev/pts/ptmx: EPERM");
    assert_attach_fails("unlockpt", 0, "container: make the container's terminal: EPERM");
    assert_attach_fails("peer", 0, "container: make the container's terminal: EPERM");
    assert_attach_fails("sendmsg", 0, "container: send the container's terminal: EPERM");
    assert_attach_fails("user_give", 0, "");
    assert_attach_fails("control", 0,
                        "container: give the session its controlling terminal: EPERM");
    assert_attach_fails("isatty", 1, "container: look at descriptor 1: EPERM");
    /* The first call is that of CATCH. */
    assert_attach_fails("dup2", 1,
                        "container: use the container's terminal as descriptor 0: EPERM");
    attach_waits = true;
    assert_attach_fails("write", 0, "container: prepare the container's terminal: EPERM");
}

static void each_refused_call_is_reported(void **state)
{
    assert_int_equal(in_child(open_to_read), 0);
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
        cmocka_unit_test(a_relay_that_fails_is_reported),
        cmocka_unit_test(the_container_gets_a_terminal_of_its_own),
        cmocka_unit_test(a_terminal_that_cannot_be_made_is_reported),
    };
    return check_run(tests);
}
