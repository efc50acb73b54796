#include "namespaces.h"

#include "idmap.h"

#include "file.h"
#include "gate.h"
#include "process.h"
#include "report.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

const int NAMESPACES_ALL =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID;

static const struct namespaces_setting settings[] = {
    {NAMESPACES_NOT_FOR_USERS, "kernel.unprivileged_userns_clone", "0", "1"},
    {NAMESPACES_WITHOUT_RIGHTS, "kernel.apparmor_restrict_unprivileged_userns", "1", "0"},
    {NAMESPACES_NOT_FOR_ANYBODY, "user.max_user_namespaces", "0", "10000"},
    {NAMESPACES_NOT_FOR_ANYBODY, "user.max_mnt_namespaces", "0", "10000"},
    {NAMESPACES_NOT_FOR_ANYBODY, "user.max_uts_namespaces", "0", "10000"},
    {NAMESPACES_NOT_FOR_ANYBODY, "user.max_ipc_namespaces", "0", "10000"},
    {NAMESPACES_NOT_FOR_ANYBODY, "user.max_net_namespaces", "0", "10000"},
    {NAMESPACES_NOT_FOR_ANYBODY, "user.max_pid_namespaces", "0", "10000"},
    {NAMESPACES_NOT_FOR_ANYBODY, "user.max_cgroup_namespaces", "0", "10000"},
};

/* "user.max_pid_namespaces" is the file user/max_pid_namespaces of /proc/sys. */
static bool forbids(const struct namespaces_setting *setting, const char *root)
{
    int folder = (int)strcspn(setting->name, ".");
    char path[PATH_MAX], value[32];

    snprintf(path, sizeof(path), "%s/proc/sys/%.*s/%s", root, folder, setting->name,
             setting->name + folder + 1);
    return file_read(path, value, sizeof(value)) == 0 && strcmp(value, setting->forbids) == 0;
}

const struct namespaces_setting *namespaces_find_setting(enum namespaces_refusal refusal,
                                                         const char *root)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
        if (settings[i].refusal == refusal && forbids(&settings[i], root))
            return &settings[i];
    return NULL;
}

static void hint(enum namespaces_refusal refusal, const char *what)
{
    const struct namespaces_setting *setting = namespaces_find_setting(refusal, "");

    if (setting)
        report_hint("%s: sudo sysctl -w %s=%s", what, setting->name, setting->allows);
}

void namespaces_hint_refused(void)
{
    int error = errno;

    if (error == ENOSPC) {
        hint(NAMESPACES_NOT_FOR_ANYBODY, "new namespaces are forbidden here");
    } else {
        hint(NAMESPACES_NOT_FOR_USERS, "user namespaces are forbidden here");
        hint(NAMESPACES_WITHOUT_RIGHTS,
             "AppArmor leaves an ordinary user's namespaces without rights here; `make apparmor` "
             "allows these programs; for all programs");
    }
    errno = error;
}

/* After `unshare --user` alone, the new user namespace has no map, and the caller no id in it. */
static int has_own_ids(void)
{
    int has_user = idmap_has("uid_map", geteuid(), 1);

    return has_user > 0 ? idmap_has("gid_map", getegid(), 1) : has_user;
}

static int report_refused(void)
{
    report_errno("clone3 with new namespaces");
    if (errno == ENOSYS) {
        report_hint("this kernel is older than 5.3, or a filter of system calls forbids it, as in "
                    "most containers: run it on the host");
        return -1;
    }
    process_hint_fork();
    namespaces_hint_refused();
    if (errno == EPERM)
        report_hint("the kernel also refuses them inside a chroot, and most container engines "
                    "refuse them inside their containers");
    return -1;
}

/*
 * Calls clone3(2) itself: clone() of glibc would need a stack for the child. Here the child goes on
 * with a copy of ours, as after fork(2).
 */
static pid_t clone_namespaces(void)
{
    struct clone_args args = {.flags = (unsigned)NAMESPACES_ALL, .exit_signal = SIGCHLD};

    explain("unshare", "--user", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "sh",
            NULL);
    pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (child < 0)
        report_refused();
    return child;
}

/*
 * We write the child's maps to /proc/PID. If /proc is mounted for another PID namespace, some other
 * process has this number there. It then has two numbers for us, too: "NSpid: 857 2".
 */
static int check_proc(void)
{
    char line[256];
    int number;
    bool is_other = false;
    FILE *file = fopen("/proc/self/status", "re");

    if (!file)
        return report_errno("open /proc/self/status");
    while (fgets(line, sizeof(line), file))
        is_other |= sscanf(line, "NSpid: %*d %d", &number) == 1;
    int error = ferror(file) ? errno : is_other ? EXDEV : 0;
    fclose(file);
    if (error == 0)
        return 0;
    errno = error;
    report_errno("find this program's processes in /proc");
    if (is_other)
        report_hint(
            "/proc shows another PID namespace, as after `unshare --pid --fork` alone: unshare "
            "--pid --fork --mount-proc");
    return -1;
}

int namespaces_check(void)
{
    if (syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS)
        return report_refused();
    if (check_proc() < 0)
        return -1;
    int has_ids = has_own_ids();
    if (has_ids != 0)
        return has_ids < 0 ? -1 : 0;
    errno = EPERM; /* so says clone(2) */
    report_errno("clone3 with new namespaces");
    report_hint("the caller's user or group id is not mapped in this user namespace, as after "
                "`unshare --user` alone: unshare --user --map-root-user");
    return -1;
}

/*
 * Nobody else would end a child that is not admitted: it waits. After a signal that asks to stop,
 * process_wait() ends it.
 */
static int admit_child(int (*admit)(void *, pid_t), void *arg, pid_t child)
{
    if (admit(arg, child) == 0 && (signals_was_asked_to_stop() || gate_admit() == 0))
        return 0;
    kill(child, SIGKILL);
    return -1;
}

int namespaces_run(int (*enter)(void *), int (*admit)(void *, pid_t), void *arg)
{
    if (gate_make() < 0)
        return EXIT_NOT_MADE;
    pid_t child = clone_namespaces();
    if (child < 0)
        return EXIT_NOT_MADE;
    if (child == 0) {
        if (process_begin_child() < 0 || gate_wait() < 0)
            _exit(EXIT_NOT_MADE);
        /* A shell of unshare(1) had no id when it began, and so no rights. Now it is root. */
        explain("exec", "sh", NULL);
        _exit(enter(arg));
    }
    gate_take_launchers_end();
    int admitted = admit_child(admit, arg, child);
    int status = process_wait(child);
    return admitted < 0 ? EXIT_NOT_MADE : status;
}

int namespaces_private_mounts(void)
{
    explain("mount", "--make-rprivate", "/", NULL);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
        report_errno("make the mounts private");
        namespaces_hint_refused();
        return -1;
    }
    return 0;
}
