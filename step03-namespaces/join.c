/*
 * join: runs a command in the namespaces of a running container, by setns(2).
 *
 * clone(2) makes namespaces for a child and unshare(2) for the caller; setns(2) enters those of
 * another process. The command shares only the namespaces: no limit and no guard of the container
 * holds for it.
 */
#include "name.h"
#include "namespaces.h"
#include "pidfile.h"

#include "cli.h"
#include "command.h"
#include "file.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct target {
    const char *container; /* its pid or its name */
    char **command;
    const char *scratch;
    pid_t pid;
    int root; /* its root directory: after a chroot, this is not the root of its mounts */
};

static pid_t find_pid(const struct target *t)
{
    const char *text = t->container;
    char name[NAME_SIZE], *end;
    long pid = strtol(text, &end, 10);

    if (!*end && pid > 0 && pid <= INT_MAX)
        return (pid_t)pid;
    return name_parse(text, name) < 0 ? -1 : pidfile_read(t->scratch, name);
}

static int find(struct target *t)
{
    char path[64];

    t->pid = find_pid(t);
    if (t->pid < 0)
        return -1;
    snprintf(path, sizeof(path), "/proc/%d/root", t->pid);
    t->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (t->root < 0)
        return report_errno("open %s", path);
    return 0;
}

static int enter_namespaces(const struct target *t)
{
    char pid[32];
    cleanup_fd int process = (int)syscall(SYS_pidfd_open, t->pid, 0);

    if (process < 0)
        return report_errno("pidfd_open of process %d", t->pid);
    snprintf(pid, sizeof(pid), "%d", t->pid);
    explain("nsenter", "--target", pid, "--user", "--mount", "--uts", "--ipc", "--net", "--pid",
            "--root", NULL);
    if (setns(process, NAMESPACES_ALL) == 0)
        return 0;
    report_errno("setns to the namespaces of process %d", t->pid);
    if (errno == EINVAL)
        report_hint("process %d is in this program's own user namespace, so it is in no container",
                    t->pid);
    return -1;
}

/* A container may have no id for root of the host. */
static int become_root(void)
{
    if (getuid() == 0)
        return 0;
    if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
        return report_errno("become root inside");
    return 0;
}

/* Runs in a child: setns(2) puts only later children of its caller into a PID namespace. */
static int enter(void *arg)
{
    const struct target *t = arg;

    if (fchdir(t->root) < 0 || chroot(".") < 0) {
        report_errno("chroot to the root of process %d", t->pid);
        return EXIT_NOT_MADE;
    }
    return command_exec(t->command);
}

int main(int argc, char **argv)
{
    struct target t = {0};
    const struct cli_option options[] = {
        {"scratch", "DIR", "look for NAME in DIR (default: TMPDIR or /tmp)", cli_text, &t.scratch},
        CLI_END,
    };

    int status = cli_parse_as("PID|NAME", argc, argv, options, &t.container, &t.command);
    if (status != CLI_RUN)
        return status;

    /* The environment is clean before the fork: all inside may read the child's environ. */
    if (process_prepare() < 0 || find(&t) < 0 || enter_namespaces(&t) < 0 || become_root() < 0 ||
        command_environment(t.container) < 0)
        return EXIT_NOT_MADE;
    return process_leave(process_run(enter, &t));
}
