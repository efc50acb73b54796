#include "doctor.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void doctor_conclude(struct doctor_result *r, enum doctor_state state, const char *found, ...)
{
    va_list arguments;

    r->state = state;
    va_start(arguments, found);
    vsnprintf(r->found, sizeof(r->found), found, arguments);
    va_end(arguments);
}

void doctor_cure(struct doctor_result *r, const char *command, ...)
{
    va_list arguments;

    va_start(arguments, command);
    vsnprintf(r->cure, sizeof(r->cure), command, arguments);
    va_end(arguments);
}

void doctor_make_check(const struct doctor_check *check, struct doctor_machine *m,
                       struct doctor_result *r)
{
    m->check = check;
    check->examine(m, r);
    if (r->state != DOCTOR_LACK || *r->cure)
        return;
    /* /tmp becomes a volume: the engine's own file system is an overlay already. */
    if (m->engine)
        doctor_cure(r, "%s run -it --privileged -v /tmp IMAGE", m->engine);
    else
        doctor_cure(r, "make vm");
}

bool doctor_read(const struct doctor_machine *m, const char *path, char *text, size_t size)
{
    char whole[PATH_MAX];

    snprintf(whole, sizeof(whole), "%s%s", m->root, path);
    return file_read(whole, text, size) == 0;
}

bool doctor_has_word(char *text, const char *word)
{
    const char *next;

    while ((next = strsep(&text, " \t\n")))
        if (strcmp(next, word) == 0)
            return true;
    return false;
}

/* Takes the first line, without the program's name. The hints below it are for the steps. */
static void take_report(int report, struct doctor_result *r)
{
    char text[1024];
    ssize_t length = pread(report, text, sizeof(text) - 1, 0);

    text[length < 0 ? 0 : length] = '\0';
    text[strcspn(text, "\n")] = '\0';
    const char *start = strstr(text, ": ");
    doctor_lack(r, "%s", start ? start + 2 : "it failed, and did not say why");
}

/* The child has a group of its own, to be killed with its children, and untouched by Ctrl-C. */
static int run_apart(int (*attempt)(void *), void *arg)
{
    enum { SECONDS = 3 };
    pid_t child = fork();
    int status;

    if (child < 0)
        return report_errno("fork");
    if (child == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(attempt(arg) == 0 ? 0 : 1);
    }
    setpgid(child, child);
    for (int i = 0; waitpid(child, &status, WNOHANG) == 0; i++) {
        if (i == SECONDS * 100) {
            kill(-child, SIGKILL);
            waitpid(child, &status, 0);
            return report_error("it did not end within %d seconds", SECONDS);
        }
        usleep(10000);
    }
    return WIFSIGNALED(status) ? report_error("it was ended by signal %d", WTERMSIG(status))
                               : WEXITSTATUS(status);
}

bool doctor_try(enum doctor_where where, int (*attempt)(void *), void *arg, struct doctor_result *r)
{
    cleanup_fd int report = memfd_create("report", MFD_CLOEXEC);
    cleanup_fd int real = dup(STDERR_FILENO);

    if (report < 0 || real < 0 || dup2(report, STDERR_FILENO) < 0) {
        doctor_lack(r, "not tried, for want of a descriptor: %s", strerror(errno));
        return false;
    }
    bool success = (where == DOCTOR_APART ? run_apart(attempt, arg) : attempt(arg)) == 0;
    dup2(real, STDERR_FILENO);
    if (!success)
        take_report(report, r);
    return success;
}
