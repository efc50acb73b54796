#include "doctor.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum doctor_state doctor_say(struct doctor_result *r, enum doctor_state state, char *text,
                             const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(r->found), format, arguments);
    va_end(arguments);
    return r->state = state;
}

/* A lack that makes other checks fail is counted once, so these are not made. */
static const char *find_missing(const struct doctor_check *check, const struct doctor_machine *m)
{
    if (check->needs >= DOCTOR_LAYERS && m->on_overlay)
        return "scratch-overlay";
    if (check->needs >= DOCTOR_USERNS && !m->userns)
        return "userns";
    return check->needs >= DOCTOR_SCRATCH && !*m->work ? "scratch" : NULL;
}

/*
 * What lets the container around do it. Each option gives less than --privileged, which also gives
 * all devices of the host. /tmp becomes a volume: the engine's own file system is an overlay
 * already.
 */
static const char *find_options(const struct doctor_check *check, const struct doctor_machine *m)
{
    static const char *const docker = "--security-opt systempaths=unconfined";
    static const char *const podman = "--security-opt unmask=ALL";
    static const struct {
        const char *code, *options;
    } table[] = {
        {"chroot", "--cap-add SYS_CHROOT"},
        {"overlay-root", "--cap-add SYS_ADMIN --security-opt apparmor=unconfined -v /tmp"},
        {"clone3", "--security-opt seccomp=unconfined"},
        {"userns", "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"},
        {"overlay-user", "--security-opt apparmor=unconfined -v /tmp"},
        {"close-range", "--security-opt seccomp=unconfined"},
        {"pivot-root", "--security-opt apparmor=unconfined"},
    };

    if (strcmp(check->code, "proc-mount") == 0 || strcmp(check->code, "sysfs-mount") == 0)
        return strcmp(m->engine, "podman") == 0 ? podman : docker;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (strcmp(check->code, table[i].code) == 0)
            return table[i].options;
    return "--privileged -v /tmp";
}

void doctor_make_check(const struct doctor_check *check, struct doctor_machine *m,
                       struct doctor_result *r)
{
    const char *missing = find_missing(check, m);

    m->check = check;
    if (missing)
        doctor_note(r, "not tried: it needs %s", missing);
    else
        check->examine(m, r);
    if (r->state != DOCTOR_LACK || *r->cure)
        return;
    doctor_cure(r, "make vm");
    if (m->engine)
        doctor_cure(r, "%s run -it %s IMAGE", m->engine, find_options(check, m));
}

const char *doctor_path(const struct doctor_machine *m, const char *name)
{
    static char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s%s", m->root, name);
    return path;
}

const char *doctor_read(const struct doctor_machine *m, const char *name)
{
    static char text[8192];

    if (file_read(doctor_path(m, name), text, sizeof(text)) < 0)
        *text = '\0';
    return text;
}

/* Takes the first line, without the program's name. The hints below it are for the steps. */
static void take_report(int report, struct doctor_result *r)
{
    char text[1024] = "";

    if (pread(report, text, sizeof(text) - 1, 0) > 0)
        text[strcspn(text, "\n")] = '\0';
    const char *start = strstr(text, ": ");
    doctor_lack(r, "%s", start ? start + 2 : "it failed, and did not say why");
}

/* The child has a group of its own, to be killed with its children, and untouched by Ctrl-C. */
static int run_apart(int (*attempt)(void *), void *arg)
{
    enum { SECONDS = 3 };
    pid_t child = fork();
    siginfo_t end;
    sigset_t alarm_alone;

    if (child < 0)
        return report_errno("fork");
    setpgid(child, child);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* This program holds its signals, and a held alarm would end nothing. */
        sigemptyset(&alarm_alone);
        sigaddset(&alarm_alone, SIGALRM);
        sigprocmask(SIG_UNBLOCK, &alarm_alone, NULL);
        signal(SIGALRM, SIG_DFL);
        alarm(SECONDS);
        _exit(attempt(arg) == 0 ? 0 : 1);
    }
    waitid(P_PID, child, &end, WEXITED | WNOWAIT);
    kill(-child, SIGKILL);
    waitpid(child, NULL, 0);
    if (end.si_code == CLD_EXITED)
        return end.si_status;
    if (end.si_status == SIGALRM)
        return report_error("it did not end within %d seconds", SECONDS);
    return report_error("it was ended by signal %d", end.si_status);
}

bool doctor_try(enum doctor_process who, int (*attempt)(void *), void *arg, struct doctor_result *r)
{
    cleanup_fd int report = memfd_create("report", MFD_CLOEXEC);
    cleanup_fd int real = dup(STDERR_FILENO);

    if (report < 0 || real < 0 || dup2(report, STDERR_FILENO) < 0) {
        doctor_lack(r, "not tried, for want of a descriptor: %s", strerror(errno));
        return false;
    }
    bool success = (who == DOCTOR_APART ? run_apart(attempt, arg) : attempt(arg)) == 0;
    dup2(real, STDERR_FILENO);
    if (!success)
        take_report(report, r);
    return success;
}
