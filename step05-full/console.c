#include "console.h"

#include "carrier.h"
#include "console_relay.h"
#include "file.h"
#include "parcel.h"
#include "process.h"
#include "report.h"
#include "signals.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Returns -1 with errno. It is 0 when there is no terminal, since the child has ended before. */
static int receive_terminal(int channel)
{
    int terminal;

    if (parcel_receive(channel, &terminal) >= 0 && terminal < 0)
        errno = 0;
    return terminal;
}

/* Sets *found to the first standard descriptor that is a terminal, or to -1. */
static int find_terminal(int *found)
{
    for (*found = STDIN_FILENO; *found <= STDERR_FILENO; ++*found) {
        int answer = terminal_check(*found);

        if (answer != 0)
            return answer < 0 ? -1 : 0;
    }
    *found = -1;
    return 0;
}

/* Its descriptor 0 is the terminal, and 1 the channel. It has no stderr. */
static _Noreturn void run_relay(const struct console *c)
{
    int master = receive_terminal(STDOUT_FILENO);

    if (master < 0 || console_relay(STDIN_FILENO, c->has_keys, c->waits, master, STDOUT_FILENO) < 0)
        _exit(errno);
    _exit(0);
}

/*
 * The relay writes to the terminal, and reads keys from it if the container can have them.
 * `</dev/tty` cannot be written, and `0>/dev/tty` cannot be read. What can do all that already is
 * only copied: to open it again may not be allowed.
 */
static int open_for_relay(int terminal, int mode)
{
    char path[32];

    if (mode == O_RDWR || (mode == O_WRONLY && terminal != STDIN_FILENO))
        return fcntl(terminal, F_DUPFD_CLOEXEC, 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", terminal);
    return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/*
 * Whose are the keys? Where stdin is another thing, a program can still ask its terminal, as less
 * and each question for a password do by /dev/tty. We then ask ours, if it is the terminal that we
 * belong to. Another one may have readers of its own.
 */
static int decide_about_keys(struct console *c, int mode)
{
    bool is_stdin = c->terminal == STDIN_FILENO;
    int is_stdout = terminal_check(STDOUT_FILENO);

    c->has_keys = is_stdin || (mode == O_RDWR && tcgetpgrp(c->terminal) >= 0);
    c->waits = c->has_keys && !(is_stdin && is_stdout);
    return is_stdout < 0 ? -1 : 0;
}

int console_open(struct console *c)
{
    int ends[2];

    c->channel = -1;
    if (find_terminal(&c->terminal) < 0)
        return -1;
    if (c->terminal < 0)
        return 0;
    int flags = fcntl(c->terminal, F_GETFL);
    if (flags < 0)
        return report_errno("read the flags of the terminal");
    if (decide_about_keys(c, flags & O_ACCMODE) < 0)
        return -1;
    if (tcgetattr(c->terminal, &c->before) < 0)
        return report_errno("read the mode of the terminal");
    cleanup_fd int both = open_for_relay(c->terminal, flags & O_ACCMODE);
    if (both < 0)
        return report_errno("open the terminal to read and write");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return report_errno("socketpair for the terminal");
    explain_comment("a process carries bytes between this terminal and one of the container's own");
    c->relay = carrier_fork("the terminal", both, ends[1], -1);
    if (c->relay == 0)
        run_relay(c);
    close(ends[1]);
    c->channel = ends[0];
    if (c->relay < 0)
        return -1;
    process_depend_on(c->relay);
    return 0;
}

static int use_terminal(int slave)
{
    if (ioctl(slave, TIOCSCTTY, 0) < 0)
        return report_errno("give the session its controlling terminal");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int answer = terminal_check(fd);

        if (answer < 0)
            return -1;
        if (answer && dup2(slave, fd) < 0)
            return report_errno("use the container's terminal as descriptor %d", fd);
    }
    return 0;
}

/*
 * A program may wait in poll(2) for something to read, and the kernel stops it only in read(2). So
 * we type the end of the input: poll(2) sees it, and it is not echoed. Nobody reads it: init throws
 * it away when the command comes to the foreground.
 */
static int prepare_for_pipeline(int master, int slave)
{
    struct pollfd entry = {slave, POLLIN, 0};
    struct termios mode;

    if (tcgetattr(slave, &mode) < 0)
        return report_errno("read the mode of the container's terminal");
    mode.c_oflag &= ~(tcflag_t)OPOST; /* the caller's terminal adds '\r' */
    if (tcsetattr(slave, TCSANOW, &mode) < 0 || write(master, &mode.c_cc[VEOF], 1) < 0 ||
        poll(&entry, 1, -1) < 0) /* it takes the kernel a moment */
        return report_errno("prepare the container's terminal");
    return 0;
}

int console_attach(struct console *c, const struct user *user)
{
    if (c->channel < 0)
        return 0;
    explain_comment("a new terminal of /dev/pts becomes stdin, stdout and stderr");
    cleanup_fd int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0)
        return report_errno("open /dev/pts/ptmx");
    cleanup_fd int slave =
        unlockpt(master) < 0 ? -1 : ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        return report_errno("make the container's terminal");
    if (c->waits && prepare_for_pipeline(master, slave) < 0)
        return -1;
    if (parcel_send(c->channel, master) < 0)
        return report_errno("send the container's terminal");
    if (!c->waits) {
        file_close(&c->channel);
        c->channel = -1;
    }
    return user_give(user, slave) < 0 ? -1 : use_terminal(slave);
}

/* Returns when the relay has ended. When this program is to stop, hurries it: see console_relay. */
static int wait_for_relay(struct console *c, int *status)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    sigset_t child_ended;
    pid_t ended;

    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    while ((ended = waitpid(c->relay, status, WNOHANG)) == 0) {
        if (signals_was_asked_to_stop()) {
            file_close(&c->channel);
            c->channel = -1;
        }
        sigtimedwait(&child_ended, NULL, &pause);
    }
    return ended < 0 ? report_errno("waitpid %d", c->relay) : 0;
}

/* In the background, the mode is that of the shell. A terminal that is gone has none. */
static int restore_mode(const struct console *c)
{
    if (!terminal_is_in_foreground(c->terminal) ||
        tcsetattr(c->terminal, TCSANOW, &c->before) == 0 ||
        (errno == EIO && terminal_is_hung_up(c->terminal)))
        return 0;
    return report_errno("restore the mode of the terminal");
}

int console_close(struct console *c)
{
    int status;

    if (c->relay <= 0)
        return 0;
    /* The container is gone. If it had no terminal yet, the relay still waits for one. */
    if (shutdown(c->channel, SHUT_WR) < 0)
        return report_errno("close the channel of the terminal");
    if (wait_for_relay(c, &status) < 0)
        return -1;
    int restored = status == 0 ? 0 : restore_mode(c);
    return carrier_check("the terminal", status) < 0 ? -1 : restored;
}
