#include "confinement.h"

#include "priority.h"
#include "rlimits.h"

#include "report.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static int make(struct confinement *c, const struct limits *l, const char *name, int scratch)
{
    if (delegation_claim(&c->delegation, name, scratch) < 0)
        return -1;
    if (cgroup_make(&c->cgroup, c->delegation.base, name, scratch) < 0)
        return -1;
    return cgroup_limit(&c->cgroup, l);
}

/* Tells whether this machine, or this user, has no cgroups to use. All else is a failure. */
static bool means_no_cgroups(int error)
{
    return error == ENOENT || error == EACCES || error == EPERM || error == EROFS ||
           error == EBUSY || error == EINVAL || error == EOPNOTSUPP || error == ENODEV;
}

static int go_on_without(struct confinement *c, const char *name)
{
    if (errno == EEXIST) {
        report_errno("the name %s is in use among the cgroups", name);
        cgroup_hint_in_use(c->delegation.base, name);
        return -1;
    }
    if (!means_no_cgroups(errno))
        return report_errno("limit memory, CPU time and processes; --memory 512M says more");
    report_note(
        "no cgroup can be made here (%s): each process may have %dM of data and each user "
        "%d processes, and CPU time has no limit; with --memory 512M this is an error, which "
        "says why",
        strerrorname_np(errno), LIMIT_DEFAULT_MEMORY >> 20, LIMIT_DEFAULT_PIDS);
    return cgroup_remove(&c->cgroup);
}

int confinement_make(struct confinement *c, const struct limits *l, const char *name, int scratch)
{
    static const struct limits none;
    bool wanted = memcmp(l, &none, sizeof(none)) != 0;

    if (priority_leave() < 0) /* first: a cgroup of v1 may take no real-time process */
        return -1;
    if (rlimits_raise_core() < 0) /* nobody inside has this right */
        return -1;
    report_mute(!wanted);
    int result = make(c, l, name, scratch);
    report_mute(false);
    return result == 0 || wanted ? result : go_on_without(c, name);
}

int confinement_add(struct confinement *c, pid_t pid)
{
    return cgroup_add(&c->cgroup, pid);
}

bool confinement_report_kills(const struct confinement *c)
{
    return limit_report_kills(c->cgroup.memory.dir, c->cgroup.memory.version);
}

int confinement_remove(struct confinement *c)
{
    int removed = cgroup_remove(&c->cgroup);

    return delegation_give_back(&c->delegation) < 0 ? -1 : removed;
}
