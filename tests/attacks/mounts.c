/* Mounts: over what is masked, from a nested user namespace, and out to the host. */
#include "attack.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int mount_tmpfs(const char *place)
{
    return mount("tmpfs", place, "tmpfs", 0, NULL);
}

/* 21: a mask is a mount. When it is gone, what it hid is there again. */
static int unmount_mask(void)
{
    char line[4096], place[4096], deepest[4096] = "";
    FILE *mounts = fopen("/proc/self/mountinfo", "r");

    while (mounts && fgets(line, sizeof(line), mounts))
        if (sscanf(line, "%*d %*d %*s %*s %4095s", place) == 1 && strncmp(place, "/proc", 5) == 0)
            strcpy(deepest, place);
    if (!*deepest)
        return not_here("nothing is mounted on /proc");
    return umount2(deepest, MNT_DETACH);
}

/* 21: a mount over something changes what others find there. */
static int mount_over(void)
{
    return mount_tmpfs("etc");
}

/* 36: a mount that is shared with the host's mount namespace also appears there. */
static int mount_leak(void)
{
    return mount_tmpfs("mnt");
}

/*
 * 24: root in its own user namespace may mount, and so reaches kernel code that was written for
 * root (CVE-2022-0185). In a chroot the kernel refuses a user namespace.
 */
static int nested_unshare(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? -1 : mount_tmpfs("mnt");
}

/* The exit status of the clone's child tells the result. */
static int in_clone(pid_t child)
{
    int status;

    if (child == 0)
        _exit(mount_tmpfs("mnt") < 0 ? errno : 0);
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return -1;
    errno = WEXITSTATUS(status);
    return errno ? -1 : 0;
}

/* 24: the same by clone(2). */
static int nested_clone(void)
{
    return in_clone((pid_t)syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0));
}

/* 24: the same by clone3(2), whose flags are in memory, where seccomp cannot look. */
static int nested_clone3(void)
{
    struct clone_args args = {.flags = CLONE_NEWUSER | CLONE_NEWNS, .exit_signal = SIGCHLD};

    return in_clone((pid_t)syscall(SYS_clone3, &args, sizeof(args)));
}

const struct attack mount_attacks[] = {
    {"unmount_mask", unmount_mask},
    {"mount_over", mount_over},
    {"mount_leak", mount_leak},
    {"nested_unshare", nested_unshare},
    {"nested_clone", nested_clone},
    {"nested_clone3", nested_clone3},
    {0},
};
