#include "children.h"

#include "check.h"
#include "files.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int children_of(pid_t parent, pid_t *pids, int most)
{
    char path[64];
    int count = 0, length = 0;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
    const char *rest = read_file(path);
    for (; rest && count < most && sscanf(rest, "%d%n", &pids[count], &length) == 1; rest += length)
        count++;
    return count;
}

pid_t child_of(pid_t parent)
{
    pid_t pids[100];
    int count = children_of(parent, pids, 100);

    if (count == 0)
        fail_msg("process %d has no child", parent);
    return pids[count - 1];
}

static pid_t find_descendant(pid_t ancestor, const char *name)
{
    pid_t pids[100], found = 0;
    int count = children_of(ancestor, pids, 100);

    for (int i = 0; i < count && !found; i++) {
        char path[64];

        snprintf(path, sizeof(path), "/proc/%d/comm", pids[i]);
        const char *comm = read_file(path);
        if (comm && strncmp(comm, name, strlen(name)) == 0)
            return pids[i];
        found = find_descendant(pids[i], name);
    }
    return found;
}

pid_t wait_for_descendant(pid_t ancestor, const char *name)
{
    for (int i = 0; i < 3000; i++) {
        pid_t found = find_descendant(ancestor, name);

        if (found)
            return found;
        usleep(10000);
    }
    fail_msg("process %d never had a %s below it", ancestor, name);
    return -1;
}

void kill_children(void)
{
    pid_t pids[100];
    int count = children_of(getpid(), pids, 100);

    for (int i = 0; i < count; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
}
