/*
 * step05: step04, and the command has no way back to the host and no right that it does not need.
 */
#include "capabilities.h"
#include "confinement.h"
#include "console.h"
#include "descriptors.h"
#include "devices.h"
#include "entrance.h"
#include "environment.h"
#include "hosts.h"
#include "init.h"
#include "limit.h"
#include "loopback.h"
#include "lower.h"
#include "masked_proc.h"
#include "name.h"
#include "namespaces.h"
#include "no_new_privs.h"
#include "overlay.h"
#include "pidfile.h"
#include "pivot.h"
#include "privacy.h"
#include "rlimits.h"
#include "root.h"
#include "self.h"
#include "session.h"
#include "settings.h"
#include "storage.h"
#include "streams.h"
#include "subids.h"
#include "sweep.h"
#include "syscalls.h"
#include "sysfs.h"
#include "user.h"
#include "volumes.h"
#include "workdir.h"

#include "cli.h"
#include "command.h"
#include "gate.h"
#include "process.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct container {
    const char *rootfs;
    char **command;
    char name[NAME_SIZE];
    const char *scratch;
    char hostname[NAME_SIZE];
    struct limits limits;
    long long storage;
    struct volumes volumes;
    struct cli_list variables;
    const char *workdir;
    struct user user;
    struct capabilities capabilities;
    bool read_only;
    struct overlay layers;
    struct subids ids;
    struct confinement confinement;
    struct entrance entrance;
    struct console console;
    struct streams streams;
    struct devices devices;
    int proc, sys;
};

static int set_up(struct container *c)
{
    if (namespaces_check() < 0)
        return -1;
    if (overlay_open_image(&c->layers, c->rootfs) < 0)
        return -1;
    if (name_choose(c->name) < 0)
        return -1;
    if (subids_choose(&c->ids) < 0)
        return -1;
    if (sweep_leftovers(c->scratch, c->name) < 0)
        return -1;
    if (storage_make(&c->layers, c->scratch, c->name, c->rootfs) < 0)
        return -1;
    if (subids_give(&c->ids, &c->layers.folder) < 0)
        return -1;
    if (confinement_make(&c->confinement, &c->limits, c->name, c->layers.folder.fd) < 0)
        return -1;
    /* These two start processes. To delegate a cgroup, we had to be alone in it until now. */
    if (console_open(&c->console) < 0)
        return -1;
    if (streams_open(&c->streams, &c->ids) < 0)
        return -1;
    return 0;
}

static int admit(void *arg, pid_t child)
{
    struct container *c = arg;

    if (subids_write(&c->ids, child) < 0)
        return -1;
    if (lower_idmap(&c->layers, c->rootfs, child) < 0)
        return -1;
    if (confinement_add(&c->confinement, child) < 0)
        return -1;
    if (entrance_open(&c->entrance, child) < 0)
        return -1;
    if (pidfile_write(&c->layers.folder, child) < 0)
        return -1;
    return 0;
}

/* First: the caller's open files and shared mounts would lead out of all that follows. */
static int leave_caller(struct container *c)
{
    const int kept[] = {c->console.channel, c->layers.folder.fd, c->layers.image, gate_given(),
                        gate_descriptor()};

    if (no_new_privs_set() < 0) /* by this, join knows a container that is just being made */
        return -1;
    if (descriptors_close(kept, sizeof(kept) / sizeof(*kept)) < 0)
        return -1;
    if (session_start() < 0)
        return -1;
    if (environment_begin(c->name, &c->variables) < 0)
        return -1;
    if (cgroup_enter_namespace() < 0)
        return -1;
    if (namespaces_private_mounts() < 0)
        return -1;
    if (loopback_up() < 0)
        return -1;
    return 0;
}

/* The host is still in sight: we open now what the container gets from it, and mount it later. */
static int take_along(struct container *c)
{
    if (volumes_open(&c->volumes) < 0)
        return -1;
    if (devices_open(&c->devices) < 0)
        return -1;
    if (masked_proc_open(&c->proc) < 0)
        return -1;
    if (sysfs_open(&c->sys) < 0)
        return -1;
    return 0;
}

/* Now the host goes out of sight. Root inside does it, so that it owns the new layers. */
static int change_root(struct container *c)
{
    if (subids_become_root(&c->ids) < 0)
        return -1;
    if (storage_limit(&c->layers.folder, c->storage) < 0)
        return -1;
    if (devices_open_shm(&c->devices, &c->layers.folder) < 0)
        return -1;
    if (volumes_open_tmpfs(&c->volumes, &c->layers, c->read_only) < 0)
        return -1;
    if (overlay_mount(&c->layers, "userxattr") < 0)
        return -1;
    scratch_close(&c->layers.folder); /* with --keep it is a folder of the host */
    if (pivot_enter("merged") < 0)
        return -1;
    return 0;
}

/* From here on a link in the image can only lead inside, so the mounts get their places. */
static int furnish(struct container *c)
{
    if (hosts_set("/", *c->hostname ? c->hostname : c->name) < 0)
        return -1;
    if (masked_proc_attach(c->proc) < 0)
        return -1;
    if (sysfs_attach(c->sys) < 0)
        return -1;
    if (devices_attach(&c->devices) < 0)
        return -1;
    if (settings_write() < 0) /* before they are read-only */
        return -1;
    if (masked_proc_protect() < 0) /* needs /dev/null */
        return -1;
    return 0;
}

/* Then what the caller chose. A volume covers what is there, and may hold the list of users. */
static int hand_over(struct container *c)
{
    if (volumes_attach(&c->volumes) < 0)
        return -1;
    if (root_restrict(c->read_only) < 0)
        return -1;
    if (user_find(&c->user, "/") < 0)
        return -1;
    if (console_attach(&c->console, &c->user) < 0)
        return -1;
    if (streams_give(&c->streams, &c->user) < 0)
        return -1;
    return 0;
}

/* The phases above need these rights. The filter is last: it refuses calls that the others make. */
static int give_up_rights(struct container *c)
{
    if (rlimits_lower(c->confinement.cgroup.memory.made) < 0)
        return -1;
    if (capabilities_bound(&c->capabilities) < 0) /* only root may do it */
        return -1;
    if (c->user.chosen && environment_set_home(&c->variables, c->user.home) < 0)
        return -1;
    if (user_become(&c->user) < 0)
        return -1;
    if (capabilities_set(&c->capabilities) < 0)
        return -1;
    if (workdir_enter(c->workdir) < 0) /* with the user's own rights */
        return -1;
    if (privacy_close() < 0) /* after the last change of ids */
        return -1;
    if (syscalls_filter() < 0) /* needs no_new_privs */
        return -1;
    return 0;
}

/* If one guard fails, there is no container: a wall with a hole looks as safe as a whole one. */
static int enter(void *arg)
{
    struct container *c = arg;

    if (leave_caller(c) < 0 || take_along(c) < 0 || change_root(c) < 0 || furnish(c) < 0 ||
        hand_over(c) < 0 || give_up_rights(c) < 0)
        return EXIT_NOT_MADE;
    return init_run(c->command, c->console.channel, c->console.terminal);
}

static int tear_down(struct container *c)
{
    int result = 0;
    long long files = storage_in_memory(c->confinement.cgroup.memory.dir);

    entrance_close(&c->entrance); /* with it goes what the container had mounted */
    if (console_close(&c->console) < 0)
        result = -1;
    if (streams_close(&c->streams) < 0)
        result = -1;
    if (confinement_report_kills(&c->confinement))
        storage_hint_memory(files, c->storage, c->limits.memory);
    if (confinement_remove(&c->confinement) < 0)
        result = -1;
    if (pidfile_remove(&c->layers.folder) < 0)
        result = -1;
    subids_hint_kept(&c->ids, &c->layers.folder, c->rootfs);
    if (overlay_remove(&c->layers) < 0)
        result = -1;
    return result;
}

int main(int argc, char **argv)
{
    static struct container c; /* all 0, and too large for a small stack */
    const struct cli_option options[] = {
        {"name", "NAME", "call the container NAME, not a random name", name_parse, c.name},
        {"scratch", "DIR", "put its layers in DIR (default: TMPDIR or /tmp)", cli_text, &c.scratch},
        {"keep", NULL, "keep its layer (no limit), say where", cli_flag, &c.layers.folder.keep},
        {"hostname", "NAME", "its host name (default: its name)", name_parse, c.hostname},
        {"m,memory", "SIZE", "memory limit (default 512M)", limit_parse_size, &c.limits.memory},
        {"cpus", "N", "CPU limit, such as 0.5 (default 1)", limit_parse_cpus, &c.limits.cpu},
        {"cpu-shares", "N", "share if busy (default 1024)", limit_parse_shares, &c.limits.shares},
        {"pids-limit", "N", "process limit (default 256)", limit_parse_pids, &c.limits.pids},
        {"storage-size", "SIZE", "storage limit (default 256M)", limit_parse_size, &c.storage},
        {"v,volume", "SRC:DST[:ro]", "show SRC of the host at DST", volumes_parse, &c.volumes},
        {"tmpfs", "DST", "an empty folder in its storage", volumes_parse_tmpfs, &c.volumes},
        {"read-only", NULL, "do not let it write to its root", cli_flag, &c.read_only},
        {"e,env", "NAME[=VALUE]", "a variable, or the caller's", environment_parse, &c.variables},
        {"w,workdir", "DIR", "start the command in DIR", workdir_parse, &c.workdir},
        {"u,user", "USER[:GROUP]", "run the command as this user", user_parse, &c.user},
        {"cap-add", "NAME", "keep a capability, or all", capabilities_parse_add, &c.capabilities},
        {"cap-drop", "NAME", "drop a capability, or all", capabilities_parse_drop, &c.capabilities},
        CLI_END,
    };

    char **words = privacy_copy(argv);
    if (!words)
        return EXIT_NOT_MADE;
    int status = cli_parse(argc, words, options, &c.rootfs, &c.command);
    if (status != CLI_RUN)
        return status;
    if (storage_check(c.layers.folder.keep, c.storage) < 0)
        return EXIT_USAGE;

    status = EXIT_NOT_MADE;
    /* The seal is first, since it starts the program again. */
    if (self_seal(words) == 0 && process_prepare() == 0 && set_up(&c) == 0)
        status = namespaces_run(enter, admit, &c);
    if (tear_down(&c) < 0 && status == 0)
        status = EXIT_NOT_MADE;
    return process_leave(status);
}
