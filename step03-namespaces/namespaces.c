#include "namespaces.h"

#include "file.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
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

void namespaces_hint_refused(void)
{
    static const struct {
        const char *path, *forbids;
        bool is_quota; /* its refusal is ENOSPC */
        const char *hint;
    } settings[] = {
        {"/proc/sys/kernel/unprivileged_userns_clone", "0", false,
         "user namespaces are forbidden here: sudo sysctl -w kernel.unprivileged_userns_clone=1"},
        {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", false,
         "AppArmor leaves an ordinary user's namespaces without rights here; `make apparmor` "
         "allows "
         "these programs; for all programs: "
         "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
        {"/proc/sys/user/max_user_namespaces", "0", true,
         "user namespaces are forbidden here: sudo sysctl -w user.max_user_namespaces=10000"},
    };
    char value[32];
    int error = errno;
    bool by_quota = error == ENOSPC;

    for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
        if (settings[i].is_quota == by_quota &&
            file_read(settings[i].path, value, sizeof(value)) == 0 &&
            strcmp(value, settings[i].forbids) == 0)
            report_hint("%s", settings[i].hint);
    errno = error;
}

/* Of the system call itself, which like fork(2) gives the child a copy of the stack. */
static pid_t clone_namespaces(void)
{
    struct clone_args args = {.flags = (unsigned)NAMESPACES_ALL, .exit_signal = SIGCHLD};

    explain("unshare", "--user", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", NULL);
    pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (child < 0) {
        report_errno("clone3 with new namespaces");
        namespaces_hint_refused();
        if (errno == EPERM)
            report_hint("the kernel also refuses them inside a chroot, and most container engines "
                        "refuse them inside their containers");
    }
    return child;
}

/* The parent writes one byte when the child may go on; the end of file means that it may not. */
static int wait_for_admission(const int gate[2])
{
    char byte;

    close(gate[1]);
    ssize_t length = read(gate[0], &byte, sizeof(byte));
    close(gate[0]);
    return length == 1 ? 0 : -1;
}

static int admit_child(int (*admit)(void *, pid_t), void *arg, pid_t child, const int gate[2])
{
    int result = admit(arg, child);

    /* With our own copy of the reading end still open, a child that has died is no SIGPIPE. */
    if (result == 0 && write(gate[1], "", 1) < 0)
        result = report_errno("let process %d go on", child);
    close(gate[0]);
    close(gate[1]);
    return result;
}

int namespaces_run(int (*enter)(void *), int (*admit)(void *, pid_t), void *arg)
{
    pid_t parent = getpid();
    int gate[2];

    if (pipe2(gate, O_CLOEXEC) < 0) {
        report_errno("pipe");
        return EXIT_NOT_MADE;
    }
    pid_t child = clone_namespaces();
    if (child < 0) {
        close(gate[0]);
        close(gate[1]);
        return EXIT_NOT_MADE;
    }
    if (child == 0) {
        if (process_begin_child(parent) < 0 || wait_for_admission(gate) < 0)
            _exit(EXIT_NOT_MADE);
        _exit(enter(arg));
    }
    int admitted = admit_child(admit, arg, child, gate);
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
