#include "check.h"

#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void check_begin(void)
{
    /* cmocka prints on both. Where stdout and stderr are one file, the lines stay in order. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    /* When a shell starts a program in the background, the program ignores these. */
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    /* A write to a program that has ended must fail one test, and not end the others. */
    signal(SIGPIPE, SIG_IGN);
    /* The grader runs each test by itself, so that one that hangs costs the others nothing. */
    cmocka_set_test_filter(getenv("CONTAINER_TEST"));
}

int check_contains(const char *text, const char *part, int wanted)
{
    int right = (strstr(text, part) != NULL) == wanted;

    if (!right)
        fprintf(stderr, "%s\n", text); /* cmocka would cut a long text */
    return right;
}

int refuse(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

char caught[1 << 16];
static int real_stderr, catching;

void catch_begin(void)
{
    if (catching) /* a test failed half way */
        catch_end(0);
    fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    catching = memfd_create("stderr", 0);
    dup2(catching, STDERR_FILENO);
}

int catch_end(int value)
{
    int error = errno;

    fflush(stderr);
    ssize_t length = pread(catching, caught, sizeof(caught) - 1, 0);
    caught[length < 0 ? 0 : length] = '\0';
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(catching);
    catching = 0;
    errno = error;
    return value;
}

static unsigned number_or_1000(const char *variable)
{
    const char *value = getenv(variable);
    unsigned number = value ? (unsigned)strtoul(value, NULL, 10) : 0;

    return number ? number : 1000;
}

unsigned ordinary_uid(void)
{
    return geteuid() ? geteuid() : number_or_1000("SUDO_UID");
}

unsigned ordinary_gid(void)
{
    return geteuid() ? getegid() : number_or_1000("SUDO_GID");
}

void become_ordinary_user(void)
{
    unsigned uid = ordinary_uid(), gid = ordinary_gid();

    if (geteuid() != 0)
        return;
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) {
        perror("become an ordinary user");
        _exit(99);
    }
    prctl(PR_SET_DUMPABLE, 1); /* or /proc/self would be root's */
}

void refuse_call(unsigned number, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        _exit(99);
}

static int call_in_child(int (*function)(void), bool as_user)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (as_user)
            become_ordinary_user();
        _exit(function());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int in_child(int (*function)(void))
{
    return call_in_child(function, false);
}

int as_ordinary_user(int (*function)(void))
{
    return call_in_child(function, true);
}
