#include "console_relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

enum { LOOK_AGAIN_MS = 200 };

/* One direction; what is read waits in `bytes` until all of it is written. */
struct flow {
    int from, to;
    char bytes[4096];
    size_t length;
    bool ended;
};

static void copy_window_size(int from, int to)
{
    struct winsize size;

    if (ioctl(from, TIOCGWINSZ, &size) == 0)
        ioctl(to, TIOCSWINSZ, &size);
}

static void take(struct flow *f)
{
    ssize_t length = read(f->from, f->bytes, sizeof(f->bytes));

    if (length > 0)
        f->length = (size_t)length;
    else if (length == 0 || (errno != EAGAIN && errno != EINTR))
        f->ended = true; /* EIO from a terminal whose other side is closed */
}

static void give(struct flow *f)
{
    ssize_t length = write(f->to, f->bytes, f->length);

    if (length > 0) {
        f->length -= (size_t)length;
        memmove(f->bytes, f->bytes + length, f->length);
    } else if (length < 0 && errno != EAGAIN && errno != EINTR) {
        f->ended = true;
    }
}

/* The entries of a flow for poll(2): it wants either to read or to write. A negative one is idle.
 */
static void want(const struct flow *f, struct pollfd *entries)
{
    entries[0] = (struct pollfd){f->ended || f->length ? -1 : f->from, POLLIN, 0};
    entries[1] = (struct pollfd){!f->ended && f->length ? f->to : -1, POLLOUT, 0};
}

static void carry(struct flow *f, const struct pollfd *entries)
{
    if (entries[0].revents)
        take(f);
    if (entries[1].revents)
        give(f);
}

/* Returns false when a signal says that the parent has died, or asks to end. */
static bool handle_signal(int signals, int terminal, int master)
{
    struct signalfd_siginfo info;

    if (read(signals, &info, sizeof(info)) != sizeof(info))
        return true;
    if (info.ssi_signo != SIGWINCH)
        return false;
    copy_window_size(terminal, master);
    return true;
}

/* In the background, what is typed is the shell's; without job control there is no background. */
static bool in_foreground(int terminal)
{
    pid_t group = tcgetpgrp(terminal);
    return group < 0 || group == getpgrp();
}

struct mode {
    struct termios before;
    bool is_raw;
};

static void make_raw(struct mode *mode, int terminal)
{
    struct termios raw = mode->before;

    if (mode->is_raw)
        return;
    cfmakeraw(&raw);
    mode->is_raw = tcsetattr(terminal, TCSANOW, &raw) == 0;
}

static void carry_both(int terminal, bool has_input, int master, int signals, struct mode *mode)
{
    struct flow in = {.from = terminal, .to = master};
    struct flow out = {.from = master, .to = terminal};
    struct pollfd entries[5];
    bool wanted = true;

    while (wanted && !out.ended) {
        bool listens = has_input && in_foreground(terminal);
        if (listens)
            make_raw(mode, terminal);
        want(&in, entries);
        want(&out, entries + 2);
        entries[4] = (struct pollfd){signals, POLLIN, 0};
        if (!listens)
            entries[0].fd = -1;
        /* No signal tells a job that runs when it is called to the foreground. */
        if (poll(entries, 5, listens || !has_input ? -1 : LOOK_AGAIN_MS) < 0 && errno != EINTR)
            return;
        carry(&in, entries);
        if (!in_foreground(terminal))
            in.ended = false;
        carry(&out, entries + 2);
        if (entries[4].revents)
            wanted = handle_signal(signals, terminal, master);
    }
}

void console_relay(int terminal, bool has_input, int master)
{
    struct mode mode = {.is_raw = false};
    sigset_t watched;

    sigemptyset(&watched);
    sigaddset(&watched, SIGWINCH);
    sigaddset(&watched, SIGTERM);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    /* The caller's shell may be back on the terminal before its mode is restored. */
    signal(SIGTTOU, SIG_IGN);
    /* Or between a look at who has it and the read, which then fails. */
    signal(SIGTTIN, SIG_IGN);
    int signals = signalfd(-1, &watched, SFD_CLOEXEC);
    if (signals < 0 || tcgetattr(terminal, &mode.before) < 0)
        return;

    copy_window_size(terminal, master);
    fcntl(master, F_SETFL, O_NONBLOCK); /* it takes no more input than the container reads */
    carry_both(terminal, has_input, master, signals, &mode);
    if (mode.is_raw)
        tcsetattr(terminal, TCSADRAIN, &mode.before);
    close(signals);
}
