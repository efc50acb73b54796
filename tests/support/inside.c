#include "inside.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static bool put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return done;
}

static bool become_root(void)
{
    char uids[32], gids[32];

    snprintf(uids, sizeof(uids), "0 %u 1", geteuid());
    snprintf(gids, sizeof(gids), "0 %u 1", getegid());
    return unshare(CLONE_NEWUSER) == 0 && put("/proc/self/setgroups", "deny") &&
           put("/proc/self/uid_map", uids) && put("/proc/self/gid_map", gids);
}

static bool leave_mounts(void)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

void inside_leave_mounts(void)
{
    if (leave_mounts() || errno == EPERM)
        return;
    perror("leave the machine's mounts");
    exit(1);
}

static int (*inner)(void);

static int enter(void)
{
    if (geteuid() != 0 && !become_root())
        return CANNOT;
    if (!leave_mounts())
        return CANNOT;
    return inner();
}

void assert_inside(int (*function)(void))
{
    inner = function;
    int result = in_child(enter);
    if (result == CANNOT)
        check_skip("needs root or user namespaces: sudo make test");
    assert_int_equal(result, 0);
}
