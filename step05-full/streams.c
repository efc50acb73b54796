#include "streams.h"

#include "carrier.h"
#include "descriptors.h"
#include "subids.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = {"stdin", "stdout", "stderr"};

/*
 * Returns whether `fd` is a file, or -1 after a report. Refuses a folder of the host: it would be a
 * way out, by fchdir(2), for root's container too.
 */
static int check_file(int fd)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return errno == EBADF ? false : report_errno("look at %s", names[fd]);
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return report_errno("take %s from the caller", names[fd]);
    }
    return S_ISREG(status.st_mode);
}

static int write_all(const char *bytes, ssize_t length)
{
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, (size_t)length);
        if (written < 0)
            return -1;
        bytes += written;
        length -= written;
    }
    return 0;
}

/* Does not use splice(2) or sendfile(2): they refuse a file that is open for appending. */
static int carry_input(void)
{
    static char bytes[65536];
    ssize_t length;

    while ((length = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
        if (write_all(bytes, length) < 0)
            return errno == EPIPE ? 0 : -1; /* the container need not read all of its input */
    return (int)length;
}

/* Waits for output, or for the end: then *left is how much of it the pipe still holds. */
static int wait_for_output(int *left)
{
    struct pollfd entries[] = {{STDIN_FILENO, POLLIN, 0}, {*left < 0 ? STDERR_FILENO : -1, 0, 0}};

    if (poll(entries, 2, -1) < 0)
        return errno == EINTR ? 0 : -1;
    return entries[1].revents ? ioctl(STDIN_FILENO, FIONREAD, left) : 0;
}

/*
 * The end of the command need not be that of the pipe: what exec has started ends, and a process in
 * the background still has the pipe.
 */
static int carry_output(void)
{
    static char bytes[65536];
    ssize_t length = 1;
    int left = -1;

    while (left != 0 && length > 0) {
        if (wait_for_output(&left) < 0)
            return -1;
        if (left == 0)
            break;
        size_t most = left > 0 && (size_t)left < sizeof(bytes) ? (size_t)left : sizeof(bytes);
        length = read(STDIN_FILENO, bytes, most);
        if (length < 0 || write_all(bytes, length) < 0)
            return -1;
        left -= left > 0 ? (int)length : 0;
    }
    return 0;
}

/* The carriers see the end of this pipe, which the launcher closes after the container's end. */
static int make_end(struct streams *s)
{
    int ends[2];

    if (s->end > 0)
        return 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return report_errno("pipe for the end of the output");
    s->end_seen = ends[0];
    s->end = ends[1];
    return 0;
}

static int put_pipe(struct streams *s, int fd)
{
    bool is_input = fd == STDIN_FILENO;
    int ends[2];

    explain_comment("a process carries bytes between the file that is %s and a pipe", names[fd]);
    if (make_end(s) < 0)
        return -1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return report_errno("pipe for %s", names[fd]);
    cleanup_fd int ours = ends[is_input ? 1 : 0], containers = ends[is_input ? 0 : 1];
    s->carriers[fd] = is_input ? carrier_fork(names[fd], s->files[fd], ours, -1)
                               : carrier_fork(names[fd], ours, s->files[fd], s->end_seen);
    if (s->carriers[fd] == 0)
        _exit((is_input ? carry_input() : carry_output()) < 0 ? errno : 0);
    if (s->carriers[fd] < 0)
        return -1;
    return dup2(containers, fd) < 0 ? report_errno("put a pipe in the place of %s", names[fd]) : 0;
}

/* Puts a pipe in the place of a file. `is_joint`: stderr is the same file as stdout. */
static int replace_file(struct streams *s, int fd, bool is_joint)
{
    s->files[fd] = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (s->files[fd] < 0)
        return report_errno("keep %s", names[fd]);
    /* One pipe for both keeps their output in the order in which it was written. */
    if (fd != STDERR_FILENO || !is_joint)
        return put_pipe(s, fd);
    return dup2(STDOUT_FILENO, fd) < 0 ? report_errno("join %s to stdout", names[fd]) : 0;
}

int streams_open(struct streams *s)
{
    bool is_joint = descriptors_are_same(STDOUT_FILENO, STDERR_FILENO);
    int others = subids_are_roots();

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int is_file = check_file(fd);

        /* Root's container has ids of its own: they do not own the file. */
        if (others < 0 || is_file < 0 || (is_file && !others && replace_file(s, fd, is_joint) < 0))
            return -1;
    }
    return 0;
}

static int wait_for(pid_t carrier, const char *name)
{
    int status;

    if (waitpid(carrier, &status, 0) < 0)
        return report_errno("waitpid %d", carrier);
    return carrier_check(name, status);
}

/* What the command has not read by now, nobody will. A carrier may wait for a reader all the same.
 */
static int end_input(pid_t carrier)
{
    int status;
    pid_t ended = waitpid(carrier, &status, WNOHANG);

    if (ended == carrier)
        return carrier_check(names[STDIN_FILENO], status);
    if (ended < 0 || kill(carrier, SIGKILL) < 0 || waitpid(carrier, &status, 0) < 0)
        return report_errno("end the process that carries %s", names[STDIN_FILENO]);
    return 0;
}

/* A carrier ends only when this program, too, has left its pipe. */
static int put_back(struct streams *s)
{
    int result = 0;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (s->files[fd] > 0 && dup2(s->files[fd], fd) < 0) {
            result = report_errno("put %s back", names[fd]);
            close(fd);
        }
    if (s->end > 0) {
        file_close(&s->end);
        file_close(&s->end_seen);
    }
    return result;
}

int streams_close(struct streams *s)
{
    int result = put_back(s);

    if (s->carriers[STDIN_FILENO] > 0 && end_input(s->carriers[STDIN_FILENO]) < 0)
        result = -1;
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        if (s->carriers[fd] > 0 && wait_for(s->carriers[fd], names[fd]) < 0)
            result = -1;
    return result;
}
