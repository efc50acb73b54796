#include "audit.h"

#include "children.h"
#include "files.h"

#include <dirent.h>
#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 20000, PATIENCE_MS = 5000, PAUSE_MS = 20 };

struct inventory {
    char *lines[MOST];
    size_t count;
};

static struct inventory before, now;
static char scratch_directory[PATH_MAX], mount_filter[PATH_MAX];

static void note(struct inventory *inventory, const char *kind, const char *what)
{
    char line[PATH_MAX + 64];

    snprintf(line, sizeof(line), "%s %.*s", kind, (int)strcspn(what, "\n"), what);
    if (inventory->count < MOST)
        inventory->lines[inventory->count++] = strdup(line);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* systemd makes and removes its own cgroups with logins and timers. */
static bool is_systemds(const char *cgroup)
{
    return ends_with(cgroup, ".scope") || ends_with(cgroup, ".service") ||
           ends_with(cgroup, ".slice") || ends_with(cgroup, ".mount");
}

static bool has_processes(const char *cgroup)
{
    char path[PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
    const char *pids = read_file(path);
    return pids && *pids;
}

/*
 * Notes the cgroups below one, and returns whether there are processes in any. Cgroups with
 * processes count only before the test. After it our processes are gone, so such a cgroup is not
 * ours.
 */
static bool note_cgroups_below(struct inventory *inventory, const char *cgroup)
{
    struct dirent *entry;
    DIR *dir = opendir(cgroup);
    bool populated = false;

    while (dir && (entry = readdir(dir))) {
        char child[PATH_MAX];

        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        snprintf(child, sizeof(child), "%s/%s", cgroup, entry->d_name);
        bool child_populated = note_cgroups_below(inventory, child) || has_processes(child);
        if (!is_systemds(child) && (!child_populated || inventory == &before))
            note(inventory, "cgroup", child);
        populated |= child_populated;
    }
    if (dir)
        closedir(dir);
    return populated;
}

static void note_mounts_and_cgroups(struct inventory *inventory)
{
    char line[2 * PATH_MAX], place[PATH_MAX];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && fgets(line, sizeof(line), mounts)) {
        if (strstr(line, mount_filter))
            note(inventory, "mount", line);
        if (strstr(line, " - cgroup") && sscanf(line, "%*s %*s %*s %*s %4095s", place) == 1)
            note_cgroups_below(inventory, place);
    }
    if (mounts)
        fclose(mounts);
}

static void note_interfaces(struct inventory *inventory)
{
    struct if_nameindex *interfaces = if_nameindex();

    for (struct if_nameindex *i = interfaces; i && i->if_name; i++)
        note(inventory, "interface", i->if_name);
    if_freenameindex(interfaces);
}

static void note_files(struct inventory *inventory)
{
    struct dirent *entry;
    DIR *dir = opendir(scratch_directory);

    while (dir && (entry = readdir(dir)))
        note(inventory, "file", entry->d_name);
    if (dir)
        closedir(dir);
}

static void note_children(struct inventory *inventory)
{
    pid_t pids[100];
    int count = children_of(getpid(), pids, 100);

    for (int i = 0; i < count; i++) {
        char path[64], line[4200];

        snprintf(path, sizeof(path), "/proc/%d/cmdline", pids[i]);
        const char *command = read_file(path); /* only the first word */
        snprintf(line, sizeof(line), "%d %.4000s", pids[i], command ? command : "");
        note(inventory, "process", line);
    }
}

static void take(struct inventory *inventory)
{
    while (inventory->count > 0)
        free(inventory->lines[--inventory->count]);
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    note_mounts_and_cgroups(inventory);
    note_interfaces(inventory);
    note_files(inventory);
    note_children(inventory);
}

/*
 * Returns how many lines of `a` are not in `b`, and prints them after `mark`, unless that is NULL.
 * A cgroup that is gone does not count: it was another program's.
 */
static int missing(const struct inventory *a, const struct inventory *b, const char *mark)
{
    int differences = 0;

    for (size_t i = 0; i < a->count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->count && !found; j++)
            found = strcmp(a->lines[i], b->lines[j]) == 0;
        if (found || (a == &before && strncmp(a->lines[i], "cgroup ", 7) == 0))
            continue;
        differences++;
        if (mark)
            fprintf(stderr, "%s %s\n", mark, a->lines[i]);
    }
    return differences;
}

void audit_begin(const char *scratch, const char *mounts_of)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    snprintf(scratch_directory, sizeof(scratch_directory), "%s", scratch);
    snprintf(mount_filter, sizeof(mount_filter), "%s", mounts_of);
    take(&before);
}

int audit_end(void)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
        take(&now);
        if (missing(&before, &now, NULL) + missing(&now, &before, NULL) == 0)
            return 0;
        usleep(PAUSE_MS * 1000);
    }
    int differences = missing(&before, &now, "gone:") + missing(&now, &before, "left behind:");
    kill_children();
    return differences;
}
