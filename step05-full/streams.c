#include "streams.h"

#include "carrier.h"
#include "descriptors.h"
#include "streams_carry.h"
#include "subids.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char *const names[] = {"stdin", "stdout", "stderr"};

/* What is to be done with a descriptor. */
enum { KEEP, CARRY, DISABLE };

/* A pipe without a name is nobody's but its holders'. A named FIFO is a file of the host. */
static bool is_anonymous_pipe(int fd, mode_t type)
{
    struct statfs status;

    return S_ISFIFO(type) && fstatfs(fd, &status) == 0 && status.f_type == PIPEFS_MAGIC;
}

/*
 * What is not read stays in the pipe, so it need not be carried. All inside may open it to read; on
 * the host a pipe without a name is out of reach for others. Another user's must be carried all the
 * same. Returns what is to be done, or -1 after a report.
 */
static int share_pipe(mode_t mode)
{
    if (fchmod(STDIN_FILENO, (mode & 0777) | 0444) == 0)
        return KEEP;
    return errno == EPERM ? CARRY : report_errno("let the container open stdin");
}

/* Of a packet that is longer than a piece of the carrier, the rest would be lost. */
static bool has_packets(int fd)
{
    int type = 0;
    socklen_t size = sizeof(type);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type != SOCK_STREAM;
}

static int refuse(int fd, mode_t type)
{
    const char *kind = S_ISDIR(type)    ? "a folder"
                       : S_ISBLK(type)  ? "a disk"
                       : S_ISSOCK(type) ? "a socket of packets"
                                        : "such a descriptor";

    errno = S_ISDIR(type) ? EISDIR : EOPNOTSUPP;
    return report_errno("take %s as %s (give a file or a pipe)", kind, names[fd]);
}

/*
 * A shell gives such a one for `0>file` and `1<file`. The command's own read or write must fail, as
 * without a container.
 */
static bool is_wrong_way(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    int wrong = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

    return flags >= 0 && (flags & O_PATH || (flags & O_ACCMODE) == wrong);
}

/* Returns what is to be done with `fd`, or -1 after a report. */
static int choose(int fd)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return errno == EBADF ? KEEP : report_errno("look at %s", names[fd]);
    bool is_stream =
        S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
    if (S_ISCHR(status.st_mode))
        return KEEP;
    if (is_stream && is_wrong_way(fd))
        return DISABLE;
    if (fd == STDIN_FILENO && is_anonymous_pipe(fd, status.st_mode))
        return share_pipe(status.st_mode);
    if (is_stream && (fd != STDIN_FILENO || !S_ISSOCK(status.st_mode) || !has_packets(fd)))
        return CARRY;
    return refuse(fd, status.st_mode);
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

/* In an ordinary user's container this owner is the caller, and nothing changes. */
static int give_to_root(int fd, const struct subids *ids)
{
    if (fchown(fd, ids->uids[0].outside, ids->gids[0].outside) < 0)
        return report_errno("give the pipe of %s to the container", names[fd]);
    return 0;
}

static int put_pipe(struct streams *s, int fd)
{
    bool is_input = fd == STDIN_FILENO;
    int ends[2];

    if (is_input)
        s->start = lseek(s->files[fd], 0, SEEK_CUR);
    explain_comment("a process carries bytes between %s and a pipe", names[fd]);
    if (make_end(s) < 0)
        return -1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return report_errno("pipe for %s", names[fd]);
    cleanup_fd int ours = ends[is_input ? 1 : 0], containers = ends[is_input ? 0 : 1];
    s->carriers[fd] = carrier_fork(names[fd], is_input ? s->files[fd] : ours,
                                   is_input ? ours : s->files[fd], s->end_seen);
    if (s->carriers[fd] == 0)
        _exit((is_input ? streams_carry_input() : streams_carry_output()) < 0 ? errno : 0);
    if (s->carriers[fd] < 0)
        return -1;
    return dup2(containers, fd) < 0 ? report_errno("put a pipe in the place of %s", names[fd]) : 0;
}

/* Its place is not left free: the next file that is opened would get it. */
static int put_null(int fd)
{
    int wrong_way = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    cleanup_fd int null = file_open_null(wrong_way | O_CLOEXEC);

    if (null < 0)
        return -1;
    return dup2(null, fd) < 0 ? report_errno("put /dev/null in the place of %s", names[fd]) : 0;
}

/* Puts something in the place of what was given. `is_joint`: stderr is the same file as stdout. */
static int replace(struct streams *s, int fd, int task, bool is_joint, const struct subids *ids)
{
    s->files[fd] = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (s->files[fd] < 0)
        return report_errno("keep %s", names[fd]);
    if (task == DISABLE)
        return put_null(fd);
    /* One pipe for both keeps their output in the order in which it was written. */
    if (fd == STDERR_FILENO && is_joint && s->carriers[STDOUT_FILENO] > 0)
        return dup2(STDOUT_FILENO, fd) < 0 ? report_errno("join %s to stdout", names[fd]) : 0;
    return put_pipe(s, fd) < 0 ? -1 : give_to_root(fd, ids);
}

int streams_open(struct streams *s, const struct subids *ids)
{
    bool is_joint = descriptors_are_same(STDOUT_FILENO, STDERR_FILENO);

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int task = choose(fd);

        if (task < 0 || (task != KEEP && replace(s, fd, task, is_joint, ids) < 0))
            return -1;
    }
    return 0;
}

int streams_give(const struct streams *s, const struct user *user)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (s->carriers[fd] > 0 && user_give(user, fd) < 0)
            return -1;
    return 0;
}

/*
 * What the command has not read of a file goes back: the next reader goes on there. Not before the
 * place where the command began: it may have written into its own pipe.
 */
static int return_input(const struct streams *s)
{
    int unread = 0;

    if (s->start < 0 || s->carriers[STDIN_FILENO] <= 0)
        return 0;
    off_t now = lseek(s->files[STDIN_FILENO], 0, SEEK_CUR);
    if (now < 0 || ioctl(STDIN_FILENO, FIONREAD, &unread) < 0)
        return report_errno("look how much of stdin was not read");
    now = now - unread < s->start ? s->start : now - unread;
    if (unread > 0 && lseek(s->files[STDIN_FILENO], now, SEEK_SET) < 0)
        return report_errno("give back what was not read of stdin");
    return 0;
}

static int put_back(struct streams *s, int fd)
{
    if (s->files[fd] <= 0 || dup2(s->files[fd], fd) >= 0)
        return 0;
    report_errno("put %s back", names[fd]);
    close(fd);
    return -1;
}

/* A carrier of output ends only when this program, too, has left its pipe. */
int streams_close(struct streams *s)
{
    int result = put_back(s, STDOUT_FILENO) | put_back(s, STDERR_FILENO);

    if (s->end > 0) {
        file_close(&s->end);
        file_close(&s->end_seen);
    }
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (s->carriers[fd] > 0 && carrier_wait(names[fd], s->carriers[fd]) < 0)
            result = -1;
    if (return_input(s) < 0)
        result = -1;
    return result | put_back(s, STDIN_FILENO);
}
