#include "streams.h"

#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = {"stdin", "stdout", "stderr"};

static bool is_file(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_same_file(int one, int other)
{
    struct stat a, b;

    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
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

/* Holds no other descriptors, since the end of a pipe is that of all its holders. */
static _Noreturn void carry(int from, int to)
{
    static char bytes[65536];
    ssize_t length = -1;

    if (dup2(from, STDIN_FILENO) >= 0 && dup2(to, STDOUT_FILENO) >= 0 &&
        close_range(STDERR_FILENO, ~0U, 0) == 0)
        do
            length = read(STDIN_FILENO, bytes, sizeof(bytes));
        while (length > 0 && write_all(bytes, length) == 0);
    _exit(length == 0 ? 0 : errno);
}

static int put_pipe(struct streams *s, int fd)
{
    int ends[2];
    bool is_input = fd == STDIN_FILENO;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return report_errno("pipe for %s", names[fd]);
    int inner = is_input ? ends[0] : ends[1], outer = is_input ? ends[1] : ends[0];
    s->carriers[fd] = fork();
    if (s->carriers[fd] == 0)
        is_input ? carry(s->files[fd], outer) : carry(outer, s->files[fd]);
    close(outer);
    if (s->carriers[fd] < 0 || dup2(inner, fd) < 0)
        return report_errno("carry what goes through %s", names[fd]);
    close(inner);
    return 0;
}

int streams_open(struct streams *s)
{
    bool is_joint = is_same_file(STDOUT_FILENO, STDERR_FILENO);

    if (getuid() == 0)
        return 0;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (!is_file(fd))
            continue;
        s->files[fd] = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        /* In one pipe, both stay in the order in which they were written. */
        bool is_second = fd == STDERR_FILENO && is_joint;
        if (s->files[fd] < 0 || (is_second && dup2(STDOUT_FILENO, fd) < 0))
            return report_errno("keep %s", names[fd]);
        if (!is_second && put_pipe(s, fd) < 0)
            return -1;
    }
    return 0;
}

static int wait_for(pid_t carrier, const char *name)
{
    int status;

    if (waitpid(carrier, &status, 0) < 0)
        return report_errno("waitpid %d", carrier);
    if (WIFEXITED(status))
        errno = WEXITSTATUS(status);
    else
        errno = WTERMSIG(status) == SIGPIPE ? EPIPE : EINTR;
    if (errno == 0 || errno == EPIPE) /* not all input was read */
        return 0;
    return report_errno("carry what goes through %s", name);
}

int streams_close(struct streams *s)
{
    int result = 0;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (s->files[fd] > 0) {
            dup2(s->files[fd], fd);
            close(s->files[fd]);
        }
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (s->carriers[fd] > 0 && wait_for(s->carriers[fd], names[fd]) < 0)
            result = -1;
    return result;
}
