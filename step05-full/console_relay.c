#include "console_relay.h"

#include "file.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 50, LOOK_AGAIN_MS = 200, DRAIN_MS = 100, GIVE_UP_MS = 2000 };

/* No terminal holds more. */
enum { MOST_LEFT = 131072 };

/* One direction. `bytes` holds what was read until all of it is written. */
struct flow {
    int from, to;
    char bytes[4096];
    size_t length;
    bool ended;
    int error; /* the bytes after it are lost */
};

struct relay {
    int terminal, master, launcher;
    int window; /* signalfd(2) for a change of its size */
    bool has_input;
    bool waits;       /* the container has not read yet                                 */
    bool is_pipeline; /* others write to the terminal, and rely on its flags for output */
    struct flow in, out;
    struct termios before;
    bool is_raw;
    bool over;       /* the command has ended; others may still have the terminal */
    int left;        /* how much of what was written until then may follow        */
    bool leaving;    /* the launcher does not wait for us, or is dead */
    long long moved; /* when output last moved, in ms                 */
};

static void wake(int sig)
{
    (void)sig;
}

/*
 * The caller's shell shares its terminal with us, so we may not set O_NONBLOCK, and a call may wait
 * although poll(2) has promised that it need not. While this is on, SIGALRM ends such a call.
 */
static void tick(bool on)
{
    const struct timeval every = {.tv_usec = on ? TICK_MS * 1000 : 0};

    setitimer(ITIMER_REAL, &(struct itimerval){every, every}, NULL);
}

/* If this fails, a program inside sees another size, and all else works. */
static void copy_window_size(int from, int to)
{
    struct winsize size;

    if (ioctl(from, TIOCGWINSZ, &size) == 0)
        ioctl(to, TIOCSWINSZ, &size);
}

static void end(struct flow *f, int fd, int error)
{
    f->ended = true;
    f->error = error == EIO && terminal_is_hung_up(fd) ? 0 : error;
}

static void take(struct flow *f)
{
    tick(true);
    ssize_t length = read(f->from, f->bytes, sizeof(f->bytes));
    int error = errno;
    tick(false);

    if (length > 0)
        f->length = (size_t)length;
    else if (length == 0 || (error != EAGAIN && error != EINTR))
        end(f, f->from, length == 0 ? 0 : error);
}

static void give(struct flow *f)
{
    tick(true);
    ssize_t length = write(f->to, f->bytes, f->length);
    int error = errno;
    tick(false);

    if (length > 0) {
        f->length -= (size_t)length;
        memmove(f->bytes, f->bytes + length, f->length);
    } else if (length < 0 && error != EAGAIN && error != EINTR) {
        end(f, f->to, error);
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

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static void carry_output(struct relay *r, const struct pollfd *entries)
{
    size_t length = r->out.length;

    carry(&r->out, entries);
    if (r->out.length != length)
        r->moved = now();
    if (r->over && r->out.length > length)
        r->left -= (int)(r->out.length - length);
}

/*
 * In the line mode Ctrl-D is a mark, which becomes a byte '\0' in the raw mode. So we first read
 * what was typed.
 */
static bool is_typed_ahead(const struct relay *r)
{
    struct pollfd entry = {r->terminal, POLLIN, 0};

    return r->before.c_lflag & ICANON && poll(&entry, 1, 0) == 1;
}

/* A line without its end was ended by Ctrl-D, as the empty one that is the end of the input. */
static void add_end(struct relay *r)
{
    struct flow *f = &r->in;
    struct termios inside;

    if (tcgetattr(r->master, &inside) == 0 && inside.c_lflag & ICANON)
        f->bytes[f->length++] = (char)inside.c_cc[VEOF];
}

static void carry_input(struct relay *r, const struct pollfd *entries)
{
    struct flow *f = &r->in;
    bool by_lines = !r->is_raw && r->before.c_lflag & ICANON;

    carry(f, entries);
    if (!terminal_is_in_foreground(r->terminal)) {
        f->ended = false; /* there a read fails with EIO, and is not the end */
    } else if (f->ended && f->error == 0 && f->length == 0) {
        bool is_last = !by_lines || terminal_is_hung_up(r->terminal);
        f->ended = false;
        f->from = is_last ? -1 : f->from;
        add_end(r);
    } else if (by_lines && entries[0].revents && f->length && f->bytes[f->length - 1] != '\n' &&
               f->length < sizeof(f->bytes)) {
        add_end(r);
    }
}

static int make_raw(struct relay *r)
{
    struct termios raw = r->before;

    if (r->is_raw || r->in.length || is_typed_ahead(r))
        return 0;
    cfmakeraw(&raw);
    if (r->is_pipeline)
        raw.c_oflag = r->before.c_oflag;
    r->is_raw = tcsetattr(r->terminal, TCSANOW, &raw) == 0;
    return r->is_raw || (errno == EIO && terminal_is_hung_up(r->terminal)) ? 0 : -1;
}

/* Returns how long poll(2) may wait, in ms; 0 when we have waited long enough. */
static int patience(const struct relay *r, bool listens)
{
    bool drains = r->over && r->out.length == 0;

    if (drains && r->left <= 0)
        return 0;
    if (drains || r->leaving) {
        long long left = r->moved + (drains ? DRAIN_MS : GIVE_UP_MS) - now();
        return left > 0 ? (int)left : 0;
    }
    /* A running job gets no signal when it comes to the foreground, so it must look again. */
    return listens || !r->has_input || r->waits ? -1 : LOOK_AGAIN_MS;
}

static void look_at_the_others(struct relay *r, const struct pollfd *window,
                               const struct pollfd *launcher)
{
    struct signalfd_siginfo info;

    if (window->revents && read(r->window, &info, sizeof(info)) == sizeof(info))
        copy_window_size(r->terminal, r->master);
    if (launcher->revents & POLLIN) {
        char byte; /* from init; the end of all bytes also counts, and then nobody listens */
        r->waits = recv(r->launcher, &byte, sizeof(byte), MSG_DONTWAIT) < 0;
    }
    if (launcher->revents & (POLLHUP | POLLERR)) {
        r->leaving = true;
        r->moved = now();
    }
    if (launcher->revents & (POLLRDHUP | POLLHUP | POLLERR) && !r->over) {
        r->over = true;
        r->moved = now();
    }
}

static int carry_both(struct relay *r)
{
    struct pollfd entries[6];

    while (!r->out.ended && patience(r, false) != 0) {
        bool listens = r->has_input && !r->waits && !r->leaving && !r->over &&
                       terminal_is_in_foreground(r->terminal);
        if (listens && make_raw(r) < 0)
            return -1;
        short news = (short)((r->over ? 0 : POLLRDHUP) | (r->waits ? POLLIN : 0));
        want(&r->in, entries);
        want(&r->out, entries + 2);
        entries[4] = (struct pollfd){r->window, POLLIN, 0};
        entries[5] = (struct pollfd){r->leaving ? -1 : r->launcher, news, 0};
        if (!listens)
            entries[0].fd = -1;
        if (poll(entries, 6, patience(r, listens)) < 0 && errno != EINTR)
            return -1;
        carry_input(r, entries);
        carry_output(r, entries + 2);
        look_at_the_others(r, entries + 4, entries + 5);
    }
    errno = r->out.error;
    return errno ? -1 : 0;
}

/* Returns a descriptor that tells of SIGWINCH, or -1. */
static int watch_signals(void)
{
    const struct sigaction action = {.sa_handler = wake}; /* without SA_RESTART */
    sigset_t alarm, window;

    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigemptyset(&window);
    sigaddset(&window, SIGWINCH);
    if (sigaction(SIGALRM, &action, NULL) < 0 || sigprocmask(SIG_UNBLOCK, &alarm, NULL) < 0 ||
        sigprocmask(SIG_BLOCK, &window, NULL) < 0)
        return -1;
    return signalfd(-1, &window, SFD_CLOEXEC);
}

/* Not TCSADRAIN: it waits for a reader. */
static int restore(const struct relay *r)
{
    if (!r->is_raw || tcsetattr(r->terminal, TCSANOW, &r->before) == 0 ||
        (errno == EIO && terminal_is_hung_up(r->terminal)))
        return 0;
    return -1;
}

int console_relay(int terminal, bool has_input, bool waits, int master, int launcher)
{
    struct relay r = {.terminal = terminal,
                      .master = master,
                      .launcher = launcher,
                      .has_input = has_input,
                      .waits = waits,
                      .is_pipeline = waits,
                      .left = MOST_LEFT,
                      .in = {.from = terminal, .to = master},
                      .out = {.from = master, .to = terminal}};
    cleanup_fd int window = watch_signals();

    r.window = window;
    /* A write to the container must not wait for it to read. */
    if (window < 0 || fcntl(master, F_SETFL, O_NONBLOCK) < 0 || tcgetattr(terminal, &r.before) < 0)
        return -1;
    copy_window_size(terminal, master);
    if (carry_both(&r) < 0)
        return -1; /* the launcher sees that we failed, and restores the mode */
    return restore(&r);
}
