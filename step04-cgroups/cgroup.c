#include "cgroup.h"

#include "file.h"
#include "hierarchy.h"
#include "kernel_file.h"
#include "limit.h"
#include "namespaces.h"
#include "record.h"
#include "report.h"

#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* In v2 the parts share one directory. The first part makes it. */
static bool is_shared(const struct cgroup *g, const char *dir)
{
    return strcmp(g->memory.dir, dir) == 0 || strcmp(g->cpu.dir, dir) == 0;
}

/* Sets dir[PATH_MAX] to where the cgroup for a controller is, or will be. */
static int find_dir(const char *controller, const char *base, const char *name, int *version,
                    char *dir)
{
    struct hierarchy h;

    if (hierarchy_find(&h, controller, "/proc/self") < 0 || hierarchy_verify(&h) < 0)
        return -1;
    *version = h.version;
    return file_join(dir, PATH_MAX, h.version == 2 ? base : h.own, name);
}

void cgroup_hint_in_use(const char *base, const char *name)
{
    static const char *const controllers[] = {"memory", "cpu", "pids"};
    enum { COUNT = sizeof(controllers) / sizeof(*controllers) };
    char all[COUNT * (PATH_MAX + 1)] = "", dir[PATH_MAX];
    int error = errno, version;
    struct stat status;

    for (size_t i = 0; i < COUNT; i++) {
        if (find_dir(controllers[i], base, name, &version, dir) < 0 || stat(dir, &status) < 0 ||
            strstr(all, dir))
            continue;
        if (!S_ISDIR(status.st_mode)) {
            report_hint("%s is a file of the kernel's in each cgroup: take another --name", name);
            *all = '\0';
            break;
        }
        strcat(all, " ");
        strcat(all, dir);
    }
    if (*all)
        report_hint("if no container of that name runs, a killed one has left this: rmdir%s", all);
    errno = error;
}

static int make_part(struct cgroup *g, struct cgroup_part *part, const char *controller,
                     const char *base, const char *name, int scratch)
{
    char dir[PATH_MAX];

    if (find_dir(controller, base, name, &part->version, dir) < 0)
        return -1;
    if (!is_shared(g, dir)) {
        if (record_add(scratch, controller, dir) < 0)
            return -1;
        explain("mkdir", dir, NULL);
        if (mkdir(dir, 0755) < 0) {
            report_errno("mkdir %s", dir);
            record_drop(scratch, controller);
            if (errno == EEXIST)
                cgroup_hint_in_use(base, name);
            else if (part->version == 1)
                report_hint("cgroup v1 delegates nothing: only root may do this, by sudo");
            return -1;
        }
        part->made = true;
    }
    strcpy(part->dir, dir);
    return 0;
}

int cgroup_make(struct cgroup *g, const char *base, const char *name, int scratch)
{
    if (make_part(g, &g->memory, "memory", base, name, scratch) < 0 ||
        make_part(g, &g->cpu, "cpu", base, name, scratch) < 0 ||
        make_part(g, &g->pids, "pids", base, name, scratch) < 0)
        return -1;
    return 0;
}

int cgroup_limit(const struct cgroup *g, const struct limits *l)
{
    if (limit_set_memory(l, g->memory.dir, g->memory.version) < 0)
        return -1;
    if (limit_set_cpu(l, g->cpu.dir, g->cpu.version) < 0)
        return -1;
    return limit_set_pids(l, g->pids.dir);
}

static int add_to_part(const struct cgroup_part *part, pid_t pid)
{
    char text[32];

    if (!part->made)
        return 0;
    snprintf(text, sizeof(text), "%d", pid);
    return kernel_file_write(part->dir, "cgroup.procs", text);
}

int cgroup_add(struct cgroup *g, pid_t pid)
{
    if (add_to_part(&g->memory, pid) < 0 || add_to_part(&g->cpu, pid) < 0 ||
        add_to_part(&g->pids, pid) < 0)
        return -1;
    return 0;
}

int cgroup_enter_namespace(void)
{
    explain("exec", "unshare", "--cgroup", "sh", NULL);
    if (unshare(CLONE_NEWCGROUP) < 0) {
        report_errno("unshare the cgroup namespace");
        namespaces_hint_refused();
        return -1;
    }
    return 0;
}

static void kill_all(const char *cgroup)
{
    char path[PATH_MAX];
    int pid;

    if (file_join(path, sizeof(path), cgroup, "cgroup.procs") < 0)
        return;
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (fscanf(file, "%d", &pid) == 1)
        if (pid > 0)
            kill(pid, SIGKILL);
    fclose(file);
}

/* nftw(3) calls this for a directory after all that is below it. */
static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)ftw;
    if (type != FTW_DP || rmdir(path) == 0 || errno != EBUSY)
        return 0;
    kill_all(path);
    return 0;
}

/*
 * Removes the cgroup, with those that the container has made below it. Ends the processes that are
 * still in them, and waits for up to 5 s until the kernel lets go. Returns 0, or -1 after a report.
 */
static int remove_part(struct cgroup_part *part)
{
    enum { TRIES = 500, DEPTH = 16 };
    const struct timespec pause = {.tv_nsec = 10000000};

    if (!part->made)
        return 0;
    explain("rmdir", part->dir, NULL);
    /* A killed process counts as a member until the kernel has taken it apart. */
    for (int i = 0; rmdir(part->dir) < 0 && errno != ENOENT; i++) {
        if (i == TRIES)
            return report_errno("rmdir %s", part->dir);
        nftw(part->dir, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS);
        if (i > 0)
            nanosleep(&pause, NULL);
    }
    part->made = false;
    return 0;
}

int cgroup_remove(struct cgroup *g)
{
    int pids = remove_part(&g->pids);
    int cpu = remove_part(&g->cpu);
    int memory = remove_part(&g->memory);

    return pids < 0 || cpu < 0 || memory < 0 ? -1 : 0;
}
