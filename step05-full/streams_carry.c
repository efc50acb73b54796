#include "streams_carry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a carrier has, see carrier.h. */
enum { FROM = STDIN_FILENO, TO = STDOUT_FILENO, END = STDERR_FILENO };

/*
 * A file is read in pieces of 16 KiB. A FIFO and a socket cannot take bytes back, so their pipe has
 * the smallest size: it holds one piece, and poll(2) finds room in it only when that was read.
 */
enum { OF_FILE = 16384, PIECE = 4096 };

static char bytes[65536];

static bool has_no_reader(int error)
{
    return error == EPIPE || error == ECONNRESET;
}

/* Waits also where the caller has set O_NONBLOCK. */
static int write_all(const char *text, ssize_t length)
{
    struct pollfd room = {TO, POLLOUT, 0};

    while (length > 0) {
        ssize_t written = write(TO, text, (size_t)length);
        if (written < 0 && (errno != EAGAIN || poll(&room, 1, -1) < 0))
            return -1;
        text += written > 0 ? written : 0;
        length -= written > 0 ? written : 0;
    }
    return 0;
}

enum news { ENDED = 1, UNREAD = 2 };

/*
 * Waits for something of `fd`, or for one of two news: the command has ended; nobody reads what we
 * write. Returns the news, or -1.
 */
static int wait_for(int fd, short wanted)
{
    struct pollfd entries[] = {{fd, wanted, 0}, {TO, 0, 0}, {END, 0, 0}};

    if (poll(entries, 3, -1) < 0)
        return -1;
    return (entries[1].revents & (POLLERR | POLLHUP) ? UNREAD : 0) |
           (entries[2].revents ? ENDED : 0);
}

/* Puts a piece into the pipe, as much as it has room for. Returns how much, 0 at the end, or -1. */
static ssize_t move_from_file(void)
{
    ssize_t length = read(FROM, bytes, OF_FILE);
    ssize_t written = length > 0 ? write(TO, bytes, (size_t)length) : length;
    ssize_t rest = length - (written > 0 ? written : 0);
    int error = errno;

    if (rest > 0 && lseek(FROM, -rest, SEEK_CUR) < 0)
        return -1;
    errno = error;
    return written;
}

/* Only a copy: the piece stays where it is. Returns as the function above. */
static ssize_t show(mode_t type)
{
    if (S_ISFIFO(type))
        return tee(FROM, TO, PIECE, SPLICE_F_NONBLOCK);
    ssize_t length = recv(FROM, bytes, PIECE, MSG_PEEK | MSG_DONTWAIT);
    return length > 0 ? write(TO, bytes, (size_t)length) : length;
}

/* Takes what was shown and read. Another reader may have been faster: does not wait for more. */
static int discard(ssize_t length)
{
    struct pollfd ready = {FROM, POLLIN, 0};

    while (length > 0 && poll(&ready, 1, 0) == 1) {
        ssize_t taken = read(FROM, bytes, (size_t)length);
        if (taken <= 0)
            return (int)taken;
        length -= taken;
    }
    return 0;
}

/* Waits until there is room in the pipe, and then for input. Returns the news, or -1. */
static int wait_for_both(void)
{
    int news = wait_for(TO, POLLOUT);

    return news == 0 ? wait_for(FROM, POLLIN) : news;
}

/* Carries until there are news. Returns 0 then, and at the end of the input, or -1. */
static int carry_file(void)
{
    int news;
    ssize_t length = 1;

    while ((news = wait_for_both()) == 0 && length != 0) {
        length = move_from_file();
        if (length < 0 && errno != EAGAIN)
            return -1;
    }
    return news < 0 ? -1 : 0;
}

/* The same for what cannot take bytes back. */
static int carry_copies(mode_t type)
{
    for (;;) {
        int unread = 0, news = wait_for(FROM, POLLIN);
        ssize_t length = news == 0 ? show(type) : 0;

        if (news < 0 || (length < 0 && errno != EAGAIN))
            return -1;
        if (news > 0 || length == 0)
            return 0;
        if (length < 0)
            continue;
        news = wait_for(TO, POLLOUT);
        if (news < 0 || (news > 0 && ioctl(TO, FIONREAD, &unread) < 0) ||
            discard(length - unread) < 0)
            return -1;
        if (news > 0)
            return 0;
    }
}

/* Does not wait in write(2): it would not see the end of the command. */
int streams_carry_input(void)
{
    struct stat status;

    if (fstat(FROM, &status) < 0 || fcntl(TO, F_SETFL, O_NONBLOCK) < 0)
        return -1;
    bool is_file = S_ISREG(status.st_mode);
    if (!is_file && fcntl(TO, F_SETPIPE_SZ, PIECE) < 0)
        return -1;
    int result = is_file ? carry_file() : carry_copies(status.st_mode);
    return result < 0 && has_no_reader(errno) ? 0 : result;
}

/* Does not wait in read(2): root inside can open the pipe, too, and be first to read. */
int streams_carry_output(void)
{
    int left = -1; /* after the end of the command: how much the pipe still holds */

    if (fcntl(FROM, F_SETFL, O_NONBLOCK) < 0)
        return -1;
    while (left != 0) {
        int news = left < 0 ? wait_for(FROM, POLLIN) : 0;
        if (news < 0 || (news & ENDED && ioctl(FROM, FIONREAD, &left) < 0))
            return -1;
        if (news & UNREAD || left == 0)
            return 0;
        bool is_last = left > 0 && (size_t)left < sizeof(bytes);
        ssize_t length = read(FROM, bytes, is_last ? (size_t)left : sizeof(bytes));
        if (length < 0 && errno == EAGAIN && left < 0)
            continue;
        if (length <= 0)
            return length < 0 && errno == EAGAIN ? 0 : (int)length;
        if (write_all(bytes, length) < 0)
            return has_no_reader(errno) ? 0 : -1;
        left -= left > 0 ? (int)length : 0;
    }
    return 0;
}
