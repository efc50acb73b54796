#include "console.h"

#include "console_relay.h"

#include "file.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Room for one descriptor, in the form that cmsg(3) needs. */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static struct msghdr make_message(struct iovec *byte, union control *control)
{
    return (struct msghdr){.msg_iov = byte,
                           .msg_iovlen = 1,
                           .msg_control = control->bytes,
                           .msg_controllen = sizeof(control->bytes)};
}

static int send_descriptor(int channel, int fd)
{
    union control control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
                                        .cmsg_level = SOL_SOCKET,
                                        .cmsg_type = SCM_RIGHTS}};
    struct iovec byte = {.iov_base = "", .iov_len = 1};
    struct msghdr message = make_message(&byte, &control);

    memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
    return sendmsg(channel, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Returns -1 when the child has closed the channel and has sent no descriptor. */
static int receive_descriptor(int channel)
{
    union control control;
    char text;
    struct iovec byte = {.iov_base = &text, .iov_len = 1};
    struct msghdr message = make_message(&byte, &control);
    int fd = -1;

    if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) <= 0)
        return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return fd;
}

/* Returns the first standard descriptor that is a terminal, or -1. */
static int find_terminal(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (isatty(fd))
            return fd;
    return -1;
}

static void run_relay(int channel, int terminal)
{
    int master = receive_descriptor(channel);

    close(channel);
    if (master >= 0)
        console_relay(terminal, terminal == STDIN_FILENO, master);
    _exit(0);
}

int console_open(struct console *c)
{
    int ends[2], terminal = find_terminal();

    c->channel = -1;
    if (terminal < 0)
        return 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return report_errno("socketpair for the terminal");
    explain_comment("a process carries bytes between this terminal and one of the container's own");
    pid_t parent = getpid();
    c->relay = fork();
    if (c->relay == 0) {
        /* Only this one: the scratch directory's lock ends when the last that holds it is gone. */
        if (dup2(ends[1], STDERR_FILENO + 1) < 0 || close_range(STDERR_FILENO + 2, ~0U, 0) < 0)
            _exit(EXIT_NOT_MADE);
        /* Not SIGKILL: the relay must restore the terminal's mode. */
        if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent)
            run_relay(STDERR_FILENO + 1, terminal);
        _exit(EXIT_NOT_MADE);
    }
    close(ends[1]);
    c->channel = ends[0];
    if (c->relay < 0)
        return report_errno("fork the relay of the terminal");
    return 0;
}

static int use_terminal(int slave)
{
    if (ioctl(slave, TIOCSCTTY, 0) < 0)
        return report_errno("give the session its controlling terminal");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (isatty(fd) && dup2(slave, fd) < 0)
            return report_errno("use the container's terminal as descriptor %d", fd);
    return 0;
}

int console_attach(struct console *c)
{
    if (c->channel < 0)
        return 0;
    explain_comment("a new terminal of /dev/pts becomes stdin, stdout and stderr");
    cleanup_fd int channel = c->channel;
    cleanup_fd int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0)
        return report_errno("open /dev/pts/ptmx");
    cleanup_fd int slave =
        unlockpt(master) < 0 ? -1 : ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || send_descriptor(channel, master) < 0)
        return report_errno("make the container's terminal");
    return use_terminal(slave);
}

int console_close(struct console *c)
{
    if (c->relay <= 0)
        return 0;
    /* The container is gone. After this nobody holds the channel, and the relay ends by itself. */
    close(c->channel);
    if (waitpid(c->relay, NULL, 0) < 0)
        return report_errno("waitpid %d", c->relay);
    return 0;
}
