/*
 * exec: runs one more command in a running container of step05, with all of its guards.
 *
 * It gives the command what step05 gives it, by the same modules. Capabilities, ids, limits and the
 * cgroup are read from the kernel for process 1. Variables and the working directory are not taken
 * over. The kernel knows ids, and not whether step05 had `--user root` or no --user: so HOME is
 * /root then, whatever the image's /etc/passwd says. `exec --user root` looks there.
 */
#include "capabilities.h"
#include "cgroup.h"
#include "console.h"
#include "descriptors.h"
#include "entrance.h"
#include "environment.h"
#include "init.h"
#include "membership.h"
#include "name.h"
#include "no_new_privs.h"
#include "priority.h"
#include "privacy.h"
#include "rlimits.h"
#include "running.h"
#include "self.h"
#include "session.h"
#include "streams.h"
#include "subids.h"
#include "syscalls.h"
#include "user.h"
#include "workdir.h"

#include "cli.h"
#include "command.h"
#include "gate.h"
#include "process.h"

#include <stddef.h>

struct guest {
    const char *container;
    char name[NAME_SIZE];
    char **command;
    const char *scratch;
    struct cli_list variables;
    const char *workdir;
    struct user user;
    struct running running;
    struct entrance entrance;
    struct membership membership;
    struct rlimits limits;
    struct rights rights;
    struct console console;
    struct streams streams;
};

/* On the host: finds all of the container that only the host can see. */
static int find(struct guest *g)
{
    if (running_find(&g->running, g->scratch, g->name) < 0)
        return -1;
    if (entrance_find(&g->entrance, g->running.launchers_proc) < 0)
        return -1;
    if (membership_open(&g->membership, g->running.pid, g->running.launcher) < 0)
        return -1;
    if (rlimits_read(&g->limits, g->running.pid) < 0)
        return -1;
    return running_check(&g->running); /* so all of this was the container's */
}

/* console_open() and streams_open() start processes, which stay on the host. */
static int open_streams(struct guest *g)
{
    if (priority_leave() < 0) /* a process with a deadline could not start one */
        return -1;
    if (console_open(&g->console) < 0)
        return -1;
    if (running_read_root(&g->running, &g->rights.ids) < 0) /* it gets the pipes */
        return -1;
    if (streams_open(&g->streams, &g->rights.ids) < 0)
        return -1;
    return 0;
}

/* The child will be seen inside from its first moment, so it gets no secret of the caller. */
static int go_inside(struct guest *g)
{
    if (rlimits_raise_core() < 0) /* nobody inside has this right */
        return -1;
    if (environment_begin(g->name, &g->variables) < 0)
        return -1;
    if (privacy_close() < 0)
        return -1;
    if (entrance_enter(&g->entrance) < 0)
        return -1;
    if (running_read_rights(&g->running, &g->rights) < 0)
        return -1;
    if (g->user.chosen)
        g->rights.user = g->user;
    return 0;
}

static int leave_caller(struct guest *g)
{
    const int kept[] = {g->console.channel, gate_descriptor()};

    if (membership_take(&g->membership, g->name) < 0)
        return -1;
    if (descriptors_close(kept, sizeof(kept) / sizeof(*kept)) < 0)
        return -1;
    if (session_start() < 0)
        return -1;
    if (cgroup_enter_namespace() < 0)
        return -1;
    if (subids_become_root(&g->rights.ids) < 0)
        return -1;
    if (privacy_close() < 0) /* a change of ids may have undone it */
        return -1;
    if (user_find(&g->rights.user, "/") < 0)
        return -1;
    if (console_attach(&g->console, &g->rights.user) < 0)
        return -1;
    if (streams_give(&g->streams, &g->rights.user) < 0)
        return -1;
    return 0;
}

static int give_up_rights(struct guest *g)
{
    if (rlimits_take(&g->limits) < 0)
        return -1;
    if (capabilities_bound(&g->rights.capabilities) < 0)
        return -1;
    if (g->rights.user.chosen && environment_set_home(&g->variables, g->rights.user.home) < 0)
        return -1;
    if (user_become(&g->rights.user) < 0)
        return -1;
    if (privacy_close() < 0) /* user_become() may have undone it, too */
        return -1;
    if (capabilities_set(&g->rights.capabilities) < 0)
        return -1;
    if (workdir_enter(g->workdir) < 0)
        return -1;
    if (no_new_privs_set() < 0)
        return -1;
    if (syscalls_filter() < 0)
        return -1;
    return 0;
}

static int enter(void *arg)
{
    struct guest *g = arg;

    if (leave_caller(g) < 0 || give_up_rights(g) < 0)
        return EXIT_NOT_MADE;
    /* In a pipeline, somebody must see that the command wants to read from the terminal. */
    return g->console.channel < 0 ? command_exec(g->command)
                                  : init_run(g->command, g->console.channel, g->console.terminal);
}

static int tear_down(struct guest *g)
{
    int result = 0;

    if (console_close(&g->console) < 0)
        result = -1;
    if (streams_close(&g->streams) < 0)
        result = -1;
    return result;
}

int main(int argc, char **argv)
{
    static struct guest g;
    const struct cli_option options[] = {
        {"scratch", "DIR", "look for NAME in DIR (default: TMPDIR or /tmp)", cli_text, &g.scratch},
        {"e,env", "NAME[=VALUE]", "set a variable (step05's are not taken)", environment_parse,
         &g.variables},
        {"w,workdir", "DIR", "start the command in DIR (default: /)", workdir_parse, &g.workdir},
        {"u,user", "USER[:GROUP]", "run it as this user (default: step05's)", user_parse, &g.user},
        CLI_END,
    };

    char **words = privacy_copy(argv);
    if (!words)
        return EXIT_NOT_MADE;
    int status = cli_parse_as("NAME", argc, words, options, &g.container, &g.command);
    if (status != CLI_RUN)
        return status;
    if (name_parse(g.container, g.name) < 0)
        return EXIT_USAGE;

    status = EXIT_NOT_MADE;
    /* The seal is first, since it starts the program again. */
    if (self_seal(words) == 0 && process_prepare() == 0 && find(&g) == 0 && open_streams(&g) == 0 &&
        go_inside(&g) == 0)
        status = process_run(enter, &g);
    if (tear_down(&g) < 0 && status == 0)
        status = EXIT_NOT_MADE;
    return process_leave(status);
}
