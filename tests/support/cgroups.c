#include "cgroups.h"

#include "check.h"
#include "files.h"
#include "fixture.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 16 };

static char found[MOST][PATH_MAX];

/* The name of the fixture's folder: no other running test has it. */
const char *container_name(void)
{
    static char name[32];

    snprintf(name, sizeof(name), "test-%.20s", strrchr(fixture.dir, '.') + 1);
    return name;
}

int count_cgroups(const char *name)
{
    char line[PATH_MAX];
    int count = 0;

    snprintf(line, sizeof(line),
             "grep ' - cgroup' /proc/self/mountinfo | cut -d ' ' -f 5 | while read -r top; do "
             "find \"$top\" -type d -name '%s'; done",
             name);
    FILE *list = popen(line, "re");
    assert_non_null(list);
    while (count < MOST && fgets(found[count], PATH_MAX, list)) {
        found[count][strcspn(found[count], "\n")] = '\0';
        count++;
    }
    pclose(list);
    return count;
}

/* The container's cgroup that has this file of v2, or this file of v1. */
static const char *cgroup_with(const char *v2_file, const char *v1_file)
{
    int count = count_cgroups(container_name());

    for (int i = 0; i < count; i++)
        if (exists(path_in(found[i], v2_file)) || exists(path_in(found[i], v1_file)))
            return found[i];
    fail_msg("no cgroup %s has %s or %s", container_name(), v2_file, v1_file);
    return NULL;
}

const char *memory_cgroup(void)
{
    return cgroup_with("memory.max", "memory.limit_in_bytes");
}

const char *cpu_cgroup(void)
{
    return cgroup_with("cpu.max", "cpu.cfs_quota_us");
}

const char *pids_cgroup(void)
{
    return cgroup_with("pids.max", "pids.max");
}

bool is_v2(const char *cgroup)
{
    return exists(path_in(cgroup, "cgroup.controllers"));
}

/* v1 has a line for each hierarchy: "4:cpu,cpuacct:/". */
bool is_in_v2(const char *controller)
{
    char line[128];

    snprintf(line, sizeof(line), "grep -Eq '^[1-9][0-9]*:([^:]*,)?%s[,:]' /proc/self/cgroup",
             controller);
    return system(line) != 0;
}

bool is_in(const char *cgroup, pid_t pid)
{
    char line[32], text[1 << 12];
    const char *pids = read_file(path_in(cgroup, "cgroup.procs"));

    snprintf(line, sizeof(line), "\n%d\n", pid);
    snprintf(text, sizeof(text), "\n%s", pids ? pids : "");
    return strstr(text, line) != NULL;
}

void assert_setting(const char *cgroup, const char *file, const char *value)
{
    char wanted[64];
    const char *text = read_file(path_in(cgroup, file));

    snprintf(wanted, sizeof(wanted), "%s\n", value);
    if (!text || strcmp(text, wanted) != 0)
        fail_msg("%s/%s is %s, not %s", cgroup, file, text ? text : "missing", value);
}

long long counter(const char *cgroup, const char *file, const char *key)
{
    char word[64];
    long long number;
    const char *line = read_file(path_in(cgroup, file));

    for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
        if (sscanf(line, "%63s %lld", word, &number) == 2 && strcmp(word, key) == 0)
            return number;
    fail_msg("no %s in %s/%s", key, cgroup, file);
    return -1;
}

static char outer[PATH_MAX];

/* A running container shows where the place is, and its step hands down the controllers. */
const char *make_outer_cgroup(void)
{
    bool as_user = fixture.as_user;

    fixture.as_user = false;
    struct program *container = start("step04", "--name", container_name(), fixture.image, "sh",
                                      "-c", "echo ready; read line; exit 0");
    hear(container, "ready\n");
    strcpy(outer, memory_cgroup());
    strcpy(strrchr(outer, '/') + 1, "outer-");
    strcat(outer, container_name());
    assert_int_equal(mkdir(outer, 0755), 0);
    assert_int_equal(finish(container), 0);
    fixture.as_user = as_user;
    return outer;
}

/* Called in the child, before it becomes the program. */
void enter_outer_cgroup(void)
{
    int fd = open(path_in(outer, "cgroup.procs"), O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, "0", 1) != 1) {
        perror(outer);
        _exit(99);
    }
    close(fd);
}

void remove_outer_cgroup(void)
{
    if (rmdir(outer) < 0)
        fail_msg("cannot remove %s: %s", outer, strerror(errno));
}
