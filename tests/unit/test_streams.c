/* The user is an ordinary one. The tests of the steps show what a container's command sees. */
#include "check.h"
#include "files.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;
static struct subids ids; /* this user's own */

static const char *refused; /* this call fails     */
static int refusal;         /* with this error     */
static int calls_left;      /* after so many that work */

static bool is_refused(const char *call)
{
    return refused && strcmp(call, refused) == 0 && calls_left-- == 0;
}

int __real_fstat64(int fd, struct stat *status);
int __wrap_fstat64(int fd, struct stat *status)
{
    return is_refused("fstat") ? refuse(refusal) : __real_fstat64(fd, status);
}

int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode)
{
    return is_refused("fchmod") ? refuse(refusal) : __real_fchmod(fd, mode);
}

int __real_fchown(int fd, uid_t uid, gid_t gid);
int __wrap_fchown(int fd, uid_t uid, gid_t gid)
{
    return is_refused("fchown") ? refuse(refusal) : __real_fchown(fd, uid, gid);
}

int __real_fcntl64(int fd, int command, long argument);
int __wrap_fcntl64(int fd, int command, long argument)
{
    const char *name = command == F_DUPFD_CLOEXEC ? "fcntl"
                       : command == F_SETFL       ? "setfl"
                       : command == F_SETPIPE_SZ  ? "setpipe"
                                                  : "other";

    return is_refused(name) ? refuse(refusal) : __real_fcntl64(fd, command, argument);
}

/* These are calls of the carriers alone. */
int __real_poll(struct pollfd *entries, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *entries, nfds_t count, int timeout)
{
    return is_refused("poll") ? refuse(refusal) : __real_poll(entries, count, timeout);
}

ssize_t __real_read(int fd, void *bytes, size_t length);
ssize_t __wrap_read(int fd, void *bytes, size_t length)
{
    return is_refused("read") ? refuse(refusal) : __real_read(fd, bytes, length);
}

ssize_t __real_tee(int from, int to, size_t length, unsigned flags);
ssize_t __wrap_tee(int from, int to, size_t length, unsigned flags)
{
    return is_refused("tee") ? refuse(refusal) : __real_tee(from, to, length, flags);
}

int __real_pipe2(int *ends, int flags);
int __wrap_pipe2(int *ends, int flags)
{
    return is_refused("pipe2") ? refuse(refusal) : __real_pipe2(ends, flags);
}

int __real_dup2(int old, int new);
int __wrap_dup2(int old, int new)
{
    return is_refused("dup2") ? refuse(refusal) : __real_dup2(old, new);
}

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument)
{
    return is_refused("ioctl") ? refuse(refusal) : __real_ioctl(fd, request, argument);
}

off_t __real_lseek64(int fd, off_t offset, int whence);
off_t __wrap_lseek64(int fd, off_t offset, int whence)
{
    return is_refused("lseek") ? refuse(refusal) : __real_lseek64(fd, offset, whence);
}

pid_t __real_carrier_fork(const char *what, int from, int to, int until);
pid_t __wrap_carrier_fork(const char *what, int from, int to, int until)
{
    return is_refused("carrier_fork") ? refuse(refusal)
                                      : __real_carrier_fork(what, from, to, until);
}

/* The descriptors that were given to the user, in a row. */
static char given[8];

int __wrap_user_give(const struct user *user, int fd)
{
    if (is_refused("user_give"))
        return refuse(refusal);
    given[strlen(given)] = (char)('0' + fd);
    return 0;
}

static int open_them(struct streams *s)
{
    ids.uids[0].outside = geteuid();
    ids.gids[0].outside = getegid();
    return streams_open(s, &ids);
}

static bool is_pipe(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

static void put(int fd, const char *name, int flags)
{
    int file = open(path_in(folder, name), flags | O_CLOEXEC, 0600);

    if (file < 0 || dup2(file, fd) < 0)
        _exit(100);
    close(file);
}

static void say_on(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        _exit(101);
}

static bool holds(const char *name, const char *text)
{
    const char *found = read_file(path_in(folder, name));
    return found && strcmp(found, text) == 0;
}

static int use_files(void)
{
    struct streams s = {0};
    char bytes[8] = "";

    put(STDIN_FILENO, "in", O_RDONLY);
    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    if (open_them(&s) < 0 || !is_pipe(STDIN_FILENO) || !is_pipe(STDOUT_FILENO))
        return 1;
    if (read(STDIN_FILENO, bytes, sizeof(bytes)) != 5 || strcmp(bytes, "text\n") != 0)
        return 2;
    say_on(STDOUT_FILENO, "answer");
    if (streams_close(&s) < 0 || is_pipe(STDIN_FILENO) || is_pipe(STDOUT_FILENO))
        return 3;
    return !holds("out", "answer");
}

static int use_one_file(void)
{
    struct streams s = {0};

    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    dup2(STDOUT_FILENO, STDERR_FILENO);
    if (open_them(&s) < 0)
        return 1;
    say_on(STDOUT_FILENO, "one ");
    say_on(STDERR_FILENO, "two ");
    say_on(STDOUT_FILENO, "three");
    return streams_close(&s) < 0 || !holds("out", "one two three");
}

static int leave_input(void)
{
    struct streams s = {0};

    put(STDIN_FILENO, "in", O_RDWR);
    if (ftruncate(STDIN_FILENO, 1000000) < 0 || open_them(&s) < 0)
        return 1;
    return streams_close(&s) < 0;
}

/* Only a part can be written, as on a full disk. */
static int write_too_much(void)
{
    struct streams s = {0};
    struct rlimit few = {4, RLIM_INFINITY}, all = {RLIM_INFINITY, RLIM_INFINITY};

    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &few);
    if (open_them(&s) < 0 || setrlimit(RLIMIT_FSIZE, &all) < 0)
        return 1;
    say_on(STDOUT_FILENO, "too long");
    if (CATCH(streams_close(&s)) != -1 || errno != EFBIG)
        return 2;
    return !strstr(caught, "carry the bytes of stdout: EFBIG") || !holds("out", "too ");
}

/* As a process in the background does, this one still has the pipe when all is over. */
static int keep_the_pipe(void)
{
    struct streams s = {0};

    put(STDIN_FILENO, "in", O_RDONLY);
    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    if (open_them(&s) < 0 || dup(STDIN_FILENO) < 0 || dup(STDOUT_FILENO) < 0)
        return 1;
    say_on(STDOUT_FILENO, "answer");
    alarm(10);
    return streams_close(&s) < 0 || !holds("out", "answer") ? 2 : 0;
}

/* Killed before it has written all. */
static int lose_a_carrier(void)
{
    struct streams s = {0};

    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    if (open_them(&s) < 0)
        return 1;
    kill(s.carriers[STDOUT_FILENO], SIGKILL);
    if (CATCH(streams_close(&s)) != -1)
        return 2;
    return strcmp(caught, "container: the process that carries stdout was killed by signal 9\n") !=
           0;
}

static int use_devices(void)
{
    struct streams s = {0};

    for (int fd = 0; fd < 2; fd++)
        dup2(open("/dev/null", O_RDWR), fd);
    close(STDERR_FILENO);
    if (open_them(&s) < 0 || streams_close(&s) < 0)
        return 2;
    return s.files[0] || s.files[1] || s.files[2];
}

/* As the caller gave it, what is to be read cannot be read. */
static bool is_useless(int fd)
{
    char byte = 0;

    return (fd == 0 ? read(fd, &byte, 1) : write(fd, "x", 1)) == -1 && errno == EBADF;
}

static int use_files_the_wrong_way(void)
{
    struct streams s = {0};

    put(STDIN_FILENO, "in", O_WRONLY | O_APPEND);
    put(STDOUT_FILENO, "lines", O_RDONLY);
    put(STDERR_FILENO, "lines", O_WRONLY | O_APPEND); /* the same file, the right way */
    if (open_them(&s) < 0)
        return 1;
    if (!is_useless(0) || !is_useless(1) || s.carriers[0] || s.carriers[1] || !s.carriers[2])
        return 2;
    say_on(STDIN_FILENO, "lost"); /* it does not get to the file, either */
    say_on(STDERR_FILENO, "three\n");
    if (streams_close(&s) < 0 || !is_useless(0) || !is_useless(1))
        return 3;
    return !holds("in", "text\n") || !holds("lines", "one\ntwo\nthree\n");
}

static int use_pipes_and_paths_the_wrong_way(void)
{
    struct streams s = {0};
    struct stat status;
    int pipes[2];

    if (pipe(pipes) < 0 || dup2(pipes[1], STDIN_FILENO) < 0 || dup2(pipes[0], STDOUT_FILENO) < 0)
        return 1;
    put(STDERR_FILENO, "fifo", O_PATH);
    if (open_them(&s) < 0)
        return 2;
    for (int fd = 0; fd < 3; fd++)
        if (!is_useless(fd) || fstat(fd, &status) < 0 || !S_ISCHR(status.st_mode))
            return 3 + fd;
    return streams_close(&s) < 0 || !is_pipe(STDIN_FILENO) || !is_pipe(STDERR_FILENO) ? 6 : 0;
}

static int mode_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) < 0 ? -1 : (int)(status.st_mode & 07777);
}

/* As stdin it stays, and can be opened. As stdout it could be read back. */
static int use_pipes(void)
{
    struct streams s = {0};
    struct stat before, after;
    int in[2], out[2];
    char bytes[8] = "";

    if (pipe(in) < 0 || pipe(out) < 0)
        return 1;
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    if (fstat(STDOUT_FILENO, &before) < 0 || open_them(&s) < 0 || fstat(STDOUT_FILENO, &after) < 0)
        return 2;
    if (s.files[0] || mode_of(STDIN_FILENO) != 0644 || mode_of(out[1]) != 0600)
        return 3;
    if (before.st_ino == after.st_ino || after.st_uid != geteuid())
        return 4;
    say_on(STDOUT_FILENO, "answer");
    return streams_close(&s) < 0 || read(out[0], bytes, sizeof(bytes)) != 6 ? 5 : 0;
}

/* Then the next write of the command fails, as without a carrier. */
static int lose_the_reader(void)
{
    struct streams s = {0};
    int out[2];

    signal(SIGPIPE, SIG_IGN);
    if (pipe(out) < 0 || dup2(out[1], STDOUT_FILENO) < 0 || open_them(&s) < 0)
        return 1;
    close(out[0]);
    alarm(10);
    while (write(STDOUT_FILENO, "more", 4) == 4)
        usleep(1000);
    return errno != EPIPE || streams_close(&s) < 0 ? 2 : 0;
}

static int read_a_line_of(const char *name, int flags)
{
    struct streams s = {0};
    char byte = 0, rest[16] = "";
    int file = open(path_in(folder, name), flags);

    if (file < 0 || dup2(file, STDIN_FILENO) < 0)
        return 1;
    if (flags & O_RDWR && write(file, "one\ntwo\n", 8) != 8)
        return 2;
    if (open_them(&s) < 0)
        return 3;
    while (byte != '\n')
        if (read(STDIN_FILENO, &byte, 1) != 1)
            return 4;
    if (streams_close(&s) < 0 || read(STDIN_FILENO, rest, sizeof(rest)) != 4)
        return 5;
    return strcmp(rest, "two\n") == 0 ? 0 : 6;
}

static int read_a_line_of_a_file(void)
{
    return read_a_line_of("lines", O_RDONLY);
}

static int read_a_line_of_a_fifo(void)
{
    return read_a_line_of("fifo", O_RDWR);
}

static int read_a_line_of_a_socket(void)
{
    struct streams s = {0};
    char byte = 0, rest[16] = "";
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || dup2(ends[0], STDIN_FILENO) < 0 ||
        write(ends[1], "one\ntwo\n", 8) != 8 || open_them(&s) < 0 || !is_pipe(STDIN_FILENO))
        return 1;
    while (byte != '\n')
        if (read(STDIN_FILENO, &byte, 1) != 1)
            return 2;
    if (streams_close(&s) < 0 || read(STDIN_FILENO, rest, sizeof(rest)) != 4)
        return 3;
    return strcmp(rest, "two\n") == 0 ? 0 : 4;
}

/* By a write into its own pipe, a command could lead the caller's loop back to what it has done. */
static int write_into_the_input(void)
{
    struct streams s = {0};

    put(STDIN_FILENO, "lines", O_RDONLY);
    lseek(STDIN_FILENO, 4, SEEK_SET);
    if (open_them(&s) < 0)
        return 1;
    int back = open("/proc/self/fd/0", O_WRONLY);
    if (back < 0 || write(back, "0123456789", 10) != 10 || close(back) < 0)
        return 2;
    return streams_close(&s) < 0 || lseek(STDIN_FILENO, 0, SEEK_CUR) != 4 ? 3 : 0;
}

static int give_what_is_refused(void)
{
    struct streams s = {0};
    int folder_fd = open("/", O_RDONLY | O_DIRECTORY);

    dup2(folder_fd, STDIN_FILENO);
    if (CATCH(open_them(&s)) != -1 || errno != EISDIR ||
        strcmp(caught, "container: take a folder as stdin (give a file or a pipe): EISDIR (Is a "
                       "directory)\n") != 0)
        return 1;
    dup2(epoll_create1(0), STDIN_FILENO);
    if (CATCH(open_them(&s)) != -1 || errno != EOPNOTSUPP ||
        !strstr(caught, "take such a descriptor as stdin"))
        return 2;
    return 0;
}

static const char *expected;

/* Messages are in a file, since stderr is replaced and put back. */
static bool was_said(const char *name)
{
    const char *text = read_file(path_in(folder, name));
    return text && strstr(text, expected);
}

static void put_all(void)
{
    put(STDIN_FILENO, "lines", O_RDONLY);
    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT | O_APPEND);
    dup2(STDOUT_FILENO, STDERR_FILENO);
}

static int fail_to_open(void)
{
    struct streams s = {0};
    const char *call = refused;

    refused = NULL;
    put_all();
    refused = call;
    int result = open_them(&s);
    int error = errno;
    refused = NULL;
    return result != -1 ? 1 : error != refusal ? 2 : !was_said("out");
}

/* stdin is a pipe, as of `echo | step05`. */
static int fail_to_share(void)
{
    struct streams s = {0};
    const char *call = refused;
    int ends[2];

    refused = NULL;
    put_all();
    if (pipe(ends) < 0 || dup2(ends[0], STDIN_FILENO) < 0)
        return 1;
    refused = call;
    int result = open_them(&s);
    refused = NULL;
    if (refusal == EPERM) /* another user's pipe is carried */
        return result < 0 || s.carriers[STDIN_FILENO] <= 0 || streams_close(&s) < 0 ? 2 : 0;
    return result != -1 || !was_said("out") ? 3 : 0;
}

/* The command has read nothing. All that was opened is closed all the same. */
static int fail_to_close(void)
{
    struct streams s = {0};
    const char *call = refused;

    refused = NULL;
    put_all();
    alarm(10);
    if (open_them(&s) < 0)
        return 1;
    if (strcmp(call, "dup2") != 0) /* a carrier has put something into the pipe */
        while (lseek(s.files[STDIN_FILENO], 0, SEEK_CUR) == 0)
            usleep(1000);
    refused = call;
    int result = streams_close(&s);
    refused = NULL;
    close(STDOUT_FILENO);
    return result != -1 ? 2 : !was_said("out");
}

/* The call fails in each carrier, and works in this process. */
static int fail_to_carry(int in)
{
    struct streams s = {0};
    const char *call = refused;
    char bytes[8];

    refused = NULL;
    dup2(in, STDIN_FILENO);
    put(STDOUT_FILENO, "out", O_WRONLY | O_CREAT | O_APPEND);
    put(STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_APPEND);
    alarm(10);
    refused = call;
    int result = open_them(&s);
    refused = NULL;
    if (result < 0)
        return 1;
    if (write(STDOUT_FILENO, "answer", 6) < 0 && errno != EPIPE) /* the carrier has left */
        return 4;
    while (read(STDIN_FILENO, bytes, sizeof(bytes)) > 0)
        ;
    dup(STDOUT_FILENO); /* so the end of the command comes before that of the pipe */
    return streams_close(&s) != -1 ? 2 : !was_said("err");
}

static int fail_to_carry_a_file(void)
{
    return fail_to_carry(open(path_in(folder, "lines"), O_RDONLY | O_CLOEXEC));
}

static int fail_to_carry_a_fifo(void)
{
    int fifo = open(path_in(folder, "fifo"), O_RDWR | O_CLOEXEC);

    if (write(fifo, "one\ntwo\n", 8) != 8)
        return 99;
    return fail_to_carry(open(path_in(folder, "fifo"), O_RDONLY | O_CLOEXEC));
}

static int fail_to_carry_output(void)
{
    return fail_to_carry(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static int in_folder(int (*runner)(int (*)(void)), int (*function)(void))
{
    folder = new_folder();
    write_file(path_in(folder, "in"), "text\n");
    write_file(path_in(folder, "lines"), "one\ntwo\n");
    shell("cd '%s' && mkfifo fifo && chmod 777 . && chmod 666 in lines fifo", folder);
    int result = runner(function);
    shell("rm -r '%s'", folder);
    return result;
}

static void a_file_is_behind_a_pipe(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, use_files), 0);
}

static void one_file_for_both_outputs_keeps_their_order(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, use_one_file), 0);
}

static void input_may_be_left(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, leave_input), 0);
}

static void output_that_cannot_be_written_is_an_error(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, write_too_much), 0);
}

static void the_end_of_the_command_is_enough(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, keep_the_pipe), 0);
}

static void a_carrier_that_was_killed_is_an_error(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, lose_a_carrier), 0);
}

static void devices_stay_as_they_are(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, use_devices), 0);
}

static void what_is_open_the_wrong_way_is_of_no_use(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, use_files_the_wrong_way), 0);
    assert_int_equal(in_folder(as_ordinary_user, use_pipes_and_paths_the_wrong_way), 0);
}

static void a_pipe_stays_as_input_and_is_carried_as_output(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, use_pipes), 0);
}

static void a_reader_that_is_gone_is_noticed(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, lose_the_reader), 0);
}

static void input_is_carried_no_further_than_it_is_read(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, read_a_line_of_a_file), 0);
    assert_int_equal(in_folder(as_ordinary_user, read_a_line_of_a_fifo), 0);
    assert_int_equal(in_folder(as_ordinary_user, read_a_line_of_a_socket), 0);
}

static void input_does_not_go_back_to_before_its_start(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, write_into_the_input), 0);
}

static void a_folder_and_what_is_unknown_are_refused(void **state)
{
    assert_int_equal(in_folder(as_ordinary_user, give_what_is_refused), 0);
}

static void assert_fails(int (*function)(void), const char *call, int calls_before, int error,
                         const char *message)
{
    refused = call;
    refusal = error;
    calls_left = calls_before;
    expected = message;
    int result = in_folder(as_ordinary_user, function);
    refused = NULL;
    if (result != 0)
        fail_msg("%s: %d, not \"%s\"", call, result, message);
}

static void each_refused_call_is_reported(void **state)
{
    assert_fails(fail_to_open, "fstat", 2, EIO, "look at stdin: EIO");
    assert_fails(fail_to_open, "fcntl", 0, EMFILE, "keep stdin: EMFILE");
    assert_fails(fail_to_open, "pipe2", 0, EMFILE, "pipe for the end of the output: EMFILE");
    assert_fails(fail_to_open, "pipe2", 1, EMFILE, "pipe for stdin: EMFILE");
    assert_fails(fail_to_open, "carrier_fork", 0, EAGAIN, "");
    assert_fails(fail_to_open, "dup2", 0, EBUSY, "put a pipe in the place of stdin: EBUSY");
    assert_fails(fail_to_open, "fchown", 0, EPERM,
                 "give the pipe of stdin to the container: EPERM");
    assert_fails(fail_to_open, "pipe2", 2, ENFILE, "pipe for stdout: ENFILE");
    assert_fails(fail_to_open, "fcntl", 2, EMFILE, "keep stderr: EMFILE");
    assert_fails(fail_to_open, "dup2", 2, EBUSY, "join stderr to stdout: EBUSY");
    assert_fails(fail_to_share, "fchmod", 0, EIO, "let the container open stdin: EIO");
    assert_fails(fail_to_share, "fchmod", 0, EPERM, "");
}

static void what_cannot_be_carried_is_an_error(void **state)
{
    assert_fails(fail_to_carry_a_file, "setfl", 0, EIO, "carry the bytes of stdin: EIO");
    assert_fails(fail_to_carry_a_file, "poll", 0, ENOMEM, "carry the bytes of stdin: ENOMEM");
    assert_fails(fail_to_carry_a_file, "poll", 1, ENOMEM, "carry the bytes of stdin: ENOMEM");
    assert_fails(fail_to_carry_a_file, "read", 0, EIO, "carry the bytes of stdin: EIO");
    assert_fails(fail_to_carry_a_fifo, "setpipe", 0, EPERM, "carry the bytes of stdin: EPERM");
    assert_fails(fail_to_carry_a_fifo, "poll", 0, ENOMEM, "carry the bytes of stdin: ENOMEM");
    assert_fails(fail_to_carry_a_fifo, "poll", 1, ENOMEM, "carry the bytes of stdin: ENOMEM");
    assert_fails(fail_to_carry_a_fifo, "tee", 0, EIO, "carry the bytes of stdin: EIO");
    assert_fails(fail_to_carry_a_fifo, "read", 0, EIO, "carry the bytes of stdin: EIO");
    assert_fails(fail_to_carry_output, "setfl", 0, EIO, "carry the bytes of stdout: EIO");
    assert_fails(fail_to_carry_output, "poll", 0, ENOMEM, "carry the bytes of stdout: ENOMEM");
    assert_fails(fail_to_carry_output, "read", 0, EIO, "carry the bytes of stdout: EIO");
    assert_fails(fail_to_carry_output, "ioctl", 0, EIO, "carry the bytes of stdout: EIO");
}

static void what_cannot_be_put_back_is_an_error(void **state)
{
    assert_fails(fail_to_close, "dup2", 0, EBUSY, "put stdout back: EBUSY");
    assert_fails(fail_to_close, "dup2", 1, EBUSY, "");
    assert_fails(fail_to_close, "dup2", 2, EBUSY, "put stdin back: EBUSY");
    assert_fails(fail_to_close, "lseek", 0, EIO, "look how much of stdin was not read: EIO");
    assert_fails(fail_to_close, "ioctl", 0, EIO, "look how much of stdin was not read: EIO");
    assert_fails(fail_to_close, "lseek", 1, EIO, "give back what was not read of stdin: EIO");
}

static void what_is_carried_is_given_to_the_user(void **state)
{
    const struct streams s = {.carriers = {7, 0, 9}};
    const struct user user = {0};

    assert_int_equal(streams_give(&s, &user), 0);
    assert_string_equal(given, "02");
    refused = "user_give";
    refusal = EINVAL;
    for (int calls_before = 0; calls_before < 2; calls_before++) {
        calls_left = calls_before;
        assert_int_equal(streams_give(&s, &user), -1);
        assert_int_equal(errno, EINVAL);
    }
    refused = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_behind_a_pipe),
        cmocka_unit_test(one_file_for_both_outputs_keeps_their_order),
        cmocka_unit_test(input_may_be_left),
        cmocka_unit_test(output_that_cannot_be_written_is_an_error),
        cmocka_unit_test(the_end_of_the_command_is_enough),
        cmocka_unit_test(a_carrier_that_was_killed_is_an_error),
        cmocka_unit_test(devices_stay_as_they_are),
        cmocka_unit_test(what_is_open_the_wrong_way_is_of_no_use),
        cmocka_unit_test(a_pipe_stays_as_input_and_is_carried_as_output),
        cmocka_unit_test(a_reader_that_is_gone_is_noticed),
        cmocka_unit_test(input_is_carried_no_further_than_it_is_read),
        cmocka_unit_test(input_does_not_go_back_to_before_its_start),
        cmocka_unit_test(a_folder_and_what_is_unknown_are_refused),
        cmocka_unit_test(each_refused_call_is_reported),
        cmocka_unit_test(what_cannot_be_carried_is_an_error),
        cmocka_unit_test(what_cannot_be_put_back_is_an_error),
        cmocka_unit_test(what_is_carried_is_given_to_the_user),
    };
    return check_run(tests);
}
