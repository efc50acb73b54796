#include "program.h"

#include "check.h"
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_SECONDS = 60, MOST = 8 };

char out[OUTPUT_SIZE], err[OUTPUT_SIZE];
static struct program running[MOST];

/* A program that takes longer than this hangs. PROGRAM_TIMEOUT gives an emulated machine more. */
static long limit_ms(void)
{
    const char *seconds = getenv("PROGRAM_TIMEOUT");

    return 1000 * (seconds ? strtol(seconds, NULL, 10) : LIMIT_SECONDS);
}

static struct program *free_slot(void)
{
    for (int i = 0; i < MOST; i++)
        if (running[i].pid == 0)
            return &running[i];
    fail_msg("a test runs more than %d programs at once", MOST);
    return NULL;
}

/* Called in the child. `in`, `output` and `error` become its three descriptors. */
static void become(const char *const *words, int in, int output, int error)
{
    const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    char path[PATH_MAX + NAME_MAX];

    dup2(in, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(error, STDERR_FILENO);
    closefrom(STDERR_FILENO + 1);
    signal(SIGPIPE, SIG_DFL);
    if (fixture.as_user)
        setrlimit(RLIMIT_CORE, &unlimited); /* sudo makes it 0, and a user cannot raise it */
    if (fixture.prepare)
        fixture.prepare();
    if (fixture.as_user)
        become_ordinary_user();
    /* With SANITIZE=1, the check for leaks hangs when children are in another namespace. */
    if (strcmp(words[0], "join") == 0 || strcmp(words[0], "exec") == 0)
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    snprintf(path, sizeof(path), "%s/%s", fixture.programs, words[0]);
    if (access(path, X_OK) < 0)
        snprintf(path, sizeof(path), "%s", words[0]);
    execvp(path, (char *const *)words);
    perror(words[0]);
    _exit(99);
}

static struct program *remember(struct program *p, pid_t pid, int in, int output, int error)
{
    assert_true(pid > 0);
    *p = (struct program){.pid = pid, .in = in, .out = output, .err = error};
    p->handle = (int)syscall(SYS_pidfd_open, pid, 0);
    assert_true(p->handle >= 0);
    return p;
}

static struct program *launch(const char *const *words, int input, int in, int output,
                              int child_out)
{
    struct program *p = free_slot();
    int error = memfd_create("stderr", MFD_CLOEXEC);
    pid_t pid = fork();

    if (pid == 0)
        become(words, input, child_out, error);
    close(input);
    return remember(p, pid, in, output, error);
}

struct program *program_start(const char *const *words)
{
    int in[2], output[2];

    assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(output, O_CLOEXEC), 0);
    struct program *p = launch(words, in[0], in[1], output[0], output[1]);
    close(output[1]);
    return p;
}

struct program *program_start_on_terminal(const char *const *words)
{
    struct program *p = free_slot();
    int terminal;
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

    if (pid == 0)
        become(words, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
    fcntl(terminal, F_SETFD, FD_CLOEXEC);
    return remember(p, pid, terminal, terminal, -1);
}

static void take_text(int fd, char *text)
{
    ssize_t length = fd < 0 ? 0 : pread(fd, text, OUTPUT_SIZE - 1, 0);

    text[length < 0 ? 0 : length] = '\0';
}

static void forget(struct program *p)
{
    if (p->in >= 0)
        close(p->in);
    if (p->out >= 0 && p->out != p->in)
        close(p->out);
    if (p->err >= 0)
        close(p->err);
    close(p->handle);
    *p = (struct program){0};
}

/* Returns its exit status. Fails when it does not end in time. */
static int wait_for(struct program *p)
{
    struct pollfd ended = {.fd = p->handle, .events = POLLIN};
    int status, in_time = poll(&ended, 1, (int)limit_ms()) > 0;

    if (!in_time)
        kill(p->pid, SIGKILL);
    waitpid(p->pid, &status, 0);
    if (p->err >= 0)
        take_text(p->err, err);
    if (!in_time) {
        fprintf(stderr, "it printed: %s\nand on stderr: %s\n", p->text, err);
        forget(p);
        fail_msg("it did not end within %ld s", limit_ms() / 1000);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The end of a text as one line: a line break is shown as " / ". */
static void tell_text(const char *name, const char *text)
{
    enum { MOST_TOLD = 600 };
    size_t length = strlen(text);

    if (length > 0)
        fprintf(stderr, "; %s: ", name);
    if (length > MOST_TOLD)
        text += length - MOST_TOLD;
    for (; *text; text++) {
        if (*text != '\n')
            fputc(*text, stderr);
        else if (text[1])
            fputs(" / ", stderr);
    }
}

/* With CONTAINER_TELL, the output of a test says what its programs did. The grader shows it. */
static int tell(int status)
{
    if (!getenv("CONTAINER_TELL"))
        return status;
    fprintf(stderr, "\n[ SEEN     ] exit status %d", status);
    tell_text("stdout", out);
    tell_text("stderr", err);
    fputc('\n', stderr);
    return status;
}

int program_run(const char *const *words)
{
    int output = memfd_create("stdout", MFD_CLOEXEC);
    struct program *p = launch(words, open("/dev/null", O_RDONLY | O_CLOEXEC), -1, output, output);
    int status = wait_for(p);

    take_text(output, out);
    forget(p);
    return tell(status);
}

void say(struct program *p, const char *text)
{
    assert_int_equal(write(p->in, text, strlen(text)), strlen(text));
}

static long milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Takes what it prints. Returns false at the end of its output, or when the time is over. */
static bool listen_to(struct program *p, long deadline)
{
    struct pollfd ready = {.fd = p->out, .events = POLLIN};

    if (poll(&ready, 1, (int)(deadline - milliseconds())) <= 0)
        return false;
    ssize_t got = read(p->out, p->text + p->length, OUTPUT_SIZE - 1 - p->length);
    if (got > 0)
        p->length += (size_t)got;
    p->text[p->length] = '\0';
    return got > 0;
}

const char *hear(struct program *p, const char *part)
{
    long deadline = milliseconds() + limit_ms();
    const char *found, *start = p->text + p->heard;

    while (!(found = strstr(start, part)))
        if (!listen_to(p, deadline)) {
            take_text(p->err, err);
            fprintf(stderr, "it printed: %s\nand on stderr: %s\n", start, err);
            fail_msg("it never printed \"%s\"", part);
        }
    p->heard = (size_t)(found - p->text) + strlen(part);
    snprintf(out, OUTPUT_SIZE, "%.*s", (int)(found - start + (ptrdiff_t)strlen(part)), start);
    return out;
}

/* Listens until its end: a program blocks when nobody reads what it prints. */
static void listen_to_the_end(struct program *p)
{
    struct pollfd ready[2] = {{.fd = p->handle, .events = POLLIN},
                              {.fd = p->out, .events = POLLIN}};
    long deadline = milliseconds() + limit_ms();

    while (milliseconds() < deadline) {
        poll(ready, 2, (int)(deadline - milliseconds()));
        if (!(ready[1].revents & POLLIN) || !listen_to(p, deadline))
            break;
    }
}

void type(struct program *p, const char *line)
{
    hear(p, "-# ");
    say(p, line);
}

bool runs(const struct program *p)
{
    struct pollfd ended = {.fd = p->handle, .events = POLLIN};
    return poll(&ended, 1, 0) == 0;
}

int finish(struct program *p)
{
    if (p->in != p->out) {
        close(p->in);
        p->in = -1;
    }
    listen_to_the_end(p);
    int status = wait_for(p);
    snprintf(out, OUTPUT_SIZE, "%s", p->text + p->heard);
    forget(p);
    return tell(status);
}

void hang_up(struct program *p)
{
    close(p->out);
    p->in = p->out = -1;
}

void stop(struct program *p)
{
    kill(p->pid, SIGKILL);
    finish(p);
}

const char *complaints(void)
{
    static const char *const notes[] = {
        "step05: no cgroup can be made here",
        "step05: when a command in the container crashes, the kernel ",
        "step05: the container may take an oom_score_adj below 0"};
    static char rest[OUTPUT_SIZE];

    strcpy(rest, err);
    for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++) {
        char *note = strstr(rest, notes[i]), *end = note ? strchr(note, '\n') : NULL;

        if (end)
            memmove(note, end + 1, strlen(end));
    }
    return rest;
}

void program_kill_all(void)
{
    for (int i = 0; i < MOST; i++)
        if (running[i].pid) {
            kill(running[i].pid, SIGKILL);
            waitpid(running[i].pid, NULL, 0);
            forget(&running[i]);
        }
}
