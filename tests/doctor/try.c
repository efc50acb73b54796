#include "doctor.h"

#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The report's first line without the program's name; the cures are the doctor's own. */
static void take_report(int report, struct doctor_result *r)
{
    char text[1024];
    ssize_t length = pread(report, text, sizeof(text) - 1, 0);

    text[length < 0 ? 0 : length] = '\0';
    text[strcspn(text, "\n")] = '\0';
    const char *start = strstr(text, ": ");
    doctor_lack(r, "%s", start ? start + 2 : "it failed, and did not say why");
}

bool doctor_try_here(int (*attempt)(void *), void *arg, struct doctor_result *r)
{
    int report = memfd_create("report", MFD_CLOEXEC);
    int real = dup(STDERR_FILENO);

    if (report < 0 || real < 0 || dup2(report, STDERR_FILENO) < 0) {
        doctor_lack(r, "not tried, for want of a descriptor: %s", strerror(errno));
        return false;
    }
    bool success = attempt(arg) == 0;
    dup2(real, STDERR_FILENO);
    close(real);
    if (!success)
        take_report(report, r);
    close(report);
    return success;
}

struct apart {
    int (*attempt)(void *);
    void *arg;
};

/* In a group of its own, so that its children end with it, and Ctrl-C does not reach them. */
static int run_apart(void *arg)
{
    enum { SECONDS = 3 };
    const struct apart *a = arg;
    pid_t child = fork();
    int status;

    if (child < 0)
        return report_errno("fork");
    if (child == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(a->attempt(a->arg) == 0 ? 0 : 1);
    }
    setpgid(child, child);
    for (int i = 0; waitpid(child, &status, WNOHANG) == 0; i++) {
        if (i == SECONDS * 1000) {
            kill(-child, SIGKILL);
            waitpid(child, &status, 0);
            return report_error("it did not end within %d seconds", SECONDS);
        }
        usleep(1000);
    }
    return WIFSIGNALED(status) ? report_error("it was ended by signal %d", WTERMSIG(status))
                               : WEXITSTATUS(status);
}

bool doctor_try_apart(int (*attempt)(void *), void *arg, struct doctor_result *r)
{
    return doctor_try_here(run_apart, &(struct apart){attempt, arg}, r);
}
