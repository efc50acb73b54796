/*
 * join: runs a command in the namespaces of a running container, by setns(2).
 *
 * clone(2) makes namespaces for a child and unshare(2) for the caller; setns(2) enters those of
 * another process. The command shares only the namespaces: no limit of the container holds for it.
 * Where a container has guards, it would have none of them, so join refuses such a container.
 */
#include "guards.h"
#include "namespaces.h"
#include "status.h"
#include "target.h"

#include "cli.h"
#include "command.h"
#include "privilege.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

struct guest {
    const char *container; /* its pid or its name */
    char **command;
    const char *scratch;
    struct status own;
    struct target target;
    int root; /* its root directory: after a chroot, this is not the root of its mounts */
};

static int find(struct guest *g)
{
    struct target *t = &g->target;

    if (target_find(t, g->scratch, g->container) < 0)
        return -1;
    if (guards_refuse(&g->own, t->proc, t->pid) < 0)
        return -1;
    if (target_check_begun(t) < 0)
        return -1;
    g->root = openat(t->proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (g->root >= 0)
        return 0;
    report_errno("open /proc/%d/root", t->pid);
    if (errno == EACCES && !privilege_hint(CAP_SYS_PTRACE))
        report_hint(geteuid() == 0
                        ? "the process has rights that the caller lacks, so it is out of reach"
                        : "the process is another user's: be that user, or root");
    return -1;
}

/* The container must not have the groups of root. It can drop none inside: it may have no right. */
static int leave_groups(void)
{
    if (geteuid() != 0)
        return 0;
    explain("setpriv", "--clear-groups", "sh", NULL);
    if (setgroups(0, NULL) == 0)
        return 0;
    report_errno("leave the caller's groups");
    privilege_hint(CAP_SETGID);
    return -1;
}

static int enter_namespaces(const struct target *t)
{
    char pid[32];

    snprintf(pid, sizeof(pid), "%d", t->pid);
    explain("nsenter", "--target", pid, "--user", "--preserve-credentials", "--mount", "--uts",
            "--ipc", "--net", "--pid", "--root", "sh", NULL);
    if (setns(t->process, NAMESPACES_ALL) == 0)
        return 0;
    report_errno("setns to the namespaces of process %d", t->pid);
    if (errno == EINVAL)
        report_hint("process %d is in this program's own user namespace, so it is in no container",
                    t->pid);
    else
        privilege_hint(CAP_SYS_ADMIN);
    return -1;
}

/* A container may have no id for root of the host. */
static int become_root(void)
{
    if (getuid() == 0)
        return 0;
    explain("setpriv", "--reuid", "0", "--regid", "0", "--keep-groups", "sh", NULL);
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
        return report_errno("become root inside");
    return 0;
}

/*
 * Runs in a child: setns(2) puts only later children of its caller into a PID namespace. Looks
 * again at last: a container that is just being made may have got its guards since.
 */
static int enter(void *arg)
{
    const struct guest *g = arg;

    if (guards_refuse(&g->own, g->target.proc, g->target.pid) < 0)
        return EXIT_NOT_MADE;
    if (fchdir(g->root) < 0 || chroot(".") < 0) {
        report_errno("chroot to the root of process %d", g->target.pid);
        return EXIT_NOT_MADE;
    }
    return command_exec(g->command);
}

int main(int argc, char **argv)
{
    struct guest g = {0};
    const struct cli_option options[] = {
        {"scratch", "DIR", "look for NAME in DIR (default: TMPDIR or /tmp)", cli_text, &g.scratch},
        CLI_END,
    };

    int status = cli_parse_as("PID|NAME", argc, argv, options, &g.container, &g.command);
    if (status != CLI_RUN)
        return status;

    /* The environment is clean before the fork: all inside may read the child's environ. */
    if (process_prepare() < 0 || guards_read_own(&g.own) < 0 || find(&g) < 0 ||
        leave_groups() < 0 || enter_namespaces(&g.target) < 0 || become_root() < 0 ||
        command_environment(g.container) < 0)
        return EXIT_NOT_MADE;
    return process_leave(process_run(enter, &g));
}
