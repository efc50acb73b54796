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

/* One direction. `bytes` holds what was read until all of it is written. */
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
        f->ended = true; /* EIO: the other side of the terminal is closed */
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

/* Fills in two entries for poll(2): a flow either reads or writes. poll(2) skips descriptor -1. */
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

/* Returns false if the signal says that the parent has died, or asks us to end. */
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

/* In the background, typed text is for the shell. Without job control there is no background. */
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
        /* A running job gets no signal when it comes to the foreground, so it must look again. */
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
    /* The caller's shell may have the terminal again before we restore its mode. */
    signal(SIGTTOU, SIG_IGN);
    /* It may also take it between our look and our read. Then the read fails, and that is all. */
    signal(SIGTTIN, SIG_IGN);
    int signals = signalfd(-1, &watched, SFD_CLOEXEC);
    if (signals < 0 || tcgetattr(terminal, &mode.before) < 0)
        return;

    copy_window_size(terminal, master);
    fcntl(master, F_SETFL, O_NONBLOCK); /* a write must not wait for the container to read */
    carry_both(terminal, has_input, master, signals, &mode);
    if (mode.is_raw)
        tcsetattr(terminal, TCSADRAIN, &mode.before);
    close(signals);
}
