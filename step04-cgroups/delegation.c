#include "delegation.h"

#include "file.h"
#include "hierarchy.h"
#include "kernel_file.h"
#include "record.h"
#include "report.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int move_self(const char *cgroup)
{
    char path[PATH_MAX], pid[32];

    if (file_join(path, sizeof(path), cgroup, "cgroup.procs") < 0)
        return -1;
    snprintf(pid, sizeof(pid), "%d", getpid());
    explain_write(pid, path);
    return file_write(path, pid);
}

/* Tells whether the children of a cgroup have all of "+memory +cpu +pids" already. */
static bool hands_down(const char *path, const char *controllers)
{
    char enabled[256], wanted[64], *rest = wanted;

    if (file_read(path, enabled, sizeof(enabled)) < 0)
        return false;
    strcpy(wanted, controllers);
    for (char *word; (word = strsep(&rest, " "));)
        if (!hierarchy_list_has(enabled, " ", word + 1))
            return false;
    return true;
}

static int enable(const char *cgroup, const char *controllers)
{
    char path[PATH_MAX];

    if (file_join(path, sizeof(path), cgroup, "cgroup.subtree_control") < 0)
        return -1;
    if (hands_down(path, controllers))
        return access(cgroup, W_OK);
    if (file_write(path, controllers) < 0)
        return -1;
    explain_write(controllers, path); /* after the act, since some attempts are refused */
    return 0;
}

/* Tries each cgroup from `top` down to the parent of `own`. A user may not change all of them. */
static void enable_above(const struct hierarchy *h, const char *controllers)
{
    char cgroup[PATH_MAX];

    strcpy(cgroup, h->own);
    for (char *end = cgroup + strlen(h->top); *end; end += strcspn(end, "/")) {
        char slash = *end;

        *end = '\0';
        enable(cgroup, controllers);
        *end = slash;
        end += slash == '/';
    }
}

/* If not, sets errno: EBUSY when other processes are in it, too. */
static bool is_alone_in(const char *cgroup)
{
    char path[PATH_MAX], pids[64], own[32];

    snprintf(own, sizeof(own), "%d", getpid());
    if (file_join(path, sizeof(path), cgroup, "cgroup.procs") < 0 ||
        file_read(path, pids, sizeof(pids)) < 0)
        return false;
    errno = EBUSY;
    return strcmp(pids, own) == 0;
}

/* If no other process is in the base, moves the caller to a child of it: then it is empty. */
static int step_aside(struct delegation *d, const char *name, int scratch)
{
    char child[NAME_MAX + 1];

    if (!is_alone_in(d->base))
        return -1;
    snprintf(child, sizeof(child), "%s.caller", name);
    if (file_join(d->aside, sizeof(d->aside), d->base, child) < 0 ||
        record_add(scratch, "caller", d->aside) < 0) {
        *d->aside = '\0'; /* nobody has moved, so there is no way back */
        return -1;
    }
    explain("mkdir", d->aside, NULL);
    if (mkdir(d->aside, 0755) == 0 && move_self(d->aside) == 0 &&
        enable(d->base, d->controllers) == 0)
        return 0;

    int error = errno;
    move_self(d->base);
    explain("rmdir", d->aside, NULL);
    rmdir(d->aside);
    record_drop(scratch, "caller");
    *d->aside = '\0';
    errno = error == EEXIST ? EBUSY : error; /* NAME.caller is in use, and not the name itself */
    return -1;
}

static void hint_refused(void)
{
    if (errno == EBUSY)
        report_hint("a cgroup that hands controllers down may hold no processes itself ('no "
                    "internal processes', cgroups(7)), and this one holds other processes");
    if (errno == ENOENT || errno == EINVAL)
        report_hint("cgroup.controllers lacks one: it is not handed down from above, or it was "
                    "switched off at boot (cgroup_enable=memory)");
    else
        report_hint("a cgroup of your own: systemd-run --user --scope -p Delegate=yes COMMAND...");
}

static int find_base(struct delegation *d, const struct hierarchy *h, const char *name, int scratch)
{
    int refusal = 0;

    strcpy(d->base, h->own);
    for (;;) {
        if (enable(d->base, d->controllers) == 0)
            return 0;
        if (errno == EBUSY && !refusal && step_aside(d, name, scratch) == 0)
            return 0;
        if (!refusal)
            refusal = errno;
        if (strcmp(d->base, h->top) == 0)
            break;
        *strrchr(d->base, '/') = '\0';
    }
    *d->base = '\0';
    errno = refusal;
    report_errno("enable %s for the children of %s", d->controllers, h->own);
    hint_refused();
    return -1;
}

int delegation_claim(struct delegation *d, const char *name, int scratch)
{
    static const char *const controllers[] = {"memory", "cpu", "pids"};
    struct hierarchy h, v2 = {0};

    for (size_t i = 0; i < sizeof(controllers) / sizeof(*controllers); i++) {
        if (hierarchy_find(&h, controllers[i], "/proc/self") < 0)
            return -1;
        if (h.version != 2)
            continue;
        v2 = h;
        strcat(d->controllers, *d->controllers ? " +" : "+");
        strcat(d->controllers, controllers[i]);
    }
    if (!*d->controllers)
        return 0;
    if (hierarchy_verify(&v2) < 0)
        return -1;
    enable_above(&v2, d->controllers);
    return find_base(d, &v2, name, scratch);
}

int delegation_give_back(struct delegation *d)
{
    if (!*d->aside)
        return 0;
    /* The same rule: only when nothing is handed down may the base hold a process again. */
    for (char *sign = d->controllers; (sign = strchr(sign, '+'));)
        *sign = '-';
    if (kernel_file_write(d->base, "cgroup.subtree_control", d->controllers) < 0)
        return -1;
    if (move_self(d->base) < 0)
        return report_errno("return to the cgroup %s", d->base);
    explain("rmdir", d->aside, NULL);
    if (rmdir(d->aside) < 0)
        return report_errno("rmdir %s", d->aside);
    *d->aside = '\0';
    return 0;
}
