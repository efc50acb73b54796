/*
 * A program that is no container and has one known fault, so that the injector can be tested: each
 * verdict must be found where it is. faulty FAULT COMMAND writes a line to the file `scratch/made`,
 * runs COMMAND in a child, and removes the file again. It fails in its own way when write(2) fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_MADE = 125 };

static const char made[] = "scratch/made";
static const char *fault;

static bool has(const char *name)
{
    return strcmp(fault, name) == 0;
}

static void leave_orphan(void)
{
    if (fork() == 0)
        for (;;)
            pause();
}

/* Called when write(2) has failed. Only "reports" does all that it should. */
static int fail(void)
{
    int error = errno;

    if (has("ignores") || has("unguards"))
        return 0;
    if (has("hangs"))
        for (;;)
            pause();
    if (has("orphans"))
        leave_orphan();
    if (has("is-wrong"))
        error = EDOM;
    if (!has("is-silent"))
        fprintf(stderr, "faulty: write: %s (%s)\n", strerrorname_np(error), strerror(error));
    if (!has("leaves"))
        unlink(made);
    if (has("crashes"))
        abort();
    exit(NOT_MADE);
}

static int run(char **command)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        execv(command[0], command);
        _exit(NOT_MADE);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                           : NOT_MADE;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    fault = argv[1];
    if (has("is-deaf"))
        signal(SIGTERM, SIG_IGN);
    int fd = open(made, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (write(fd, "made\n", 5) != 5)
        fail();
    else if (has("unguards")) /* a guard that the probe sees */
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    close(fd);
    int status = run(argv + 2);
    unlink(made);
    return status;
}
