#include "streams.h"

#include "carrier.h"
#include "descriptors.h"
#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
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
static int copy_all(void)
{
    static char bytes[65536];
    ssize_t length;

    while ((length = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
        if (write_all(bytes, length) < 0)
            return -1;
    return (int)length;
}

static _Noreturn void carry(void)
{
    /* EPIPE: the container need not read all of its input. */
    _exit(copy_all() < 0 && errno != EPIPE ? errno : 0);
}

static int put_pipe(struct streams *s, int fd)
{
    int ends[2];

    explain_comment("a process carries bytes between the file that is %s and a pipe", names[fd]);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return report_errno("pipe for %s", names[fd]);
    bool is_input = fd == STDIN_FILENO;
    cleanup_fd int ours = ends[is_input ? 1 : 0], containers = ends[is_input ? 0 : 1];
    s->carriers[fd] =
        carrier_fork(names[fd], is_input ? s->files[fd] : ours, is_input ? ours : s->files[fd]);
    if (s->carriers[fd] == 0)
        carry();
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

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int is_file = check_file(fd);

        /* Root's container has ids of its own: they do not own the file. */
        if (is_file < 0 || (is_file && geteuid() != 0 && replace_file(s, fd, is_joint) < 0))
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

int streams_close(struct streams *s)
{
    int result = 0;

    /* First put all files back: a carrier ends only when this program, too, has left its pipe. */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (s->files[fd] > 0 && dup2(s->files[fd], fd) < 0) {
            result = report_errno("put %s back", names[fd]);
            close(fd);
        }
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (s->carriers[fd] > 0 && wait_for(s->carriers[fd], names[fd]) < 0)
            result = -1;
    return result;
}
