/* The host's devices. */
#include "attack.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* 12: a device file is a pair of numbers. A process that can make one has the whole disk. */
static int disk_node(void)
{
    if (mknod("disk", S_IFBLK | 0600, strtoul(host.argument, NULL, 10)) < 0)
        return -1;
    return leaks("disk");
}

/* 12: to use the host's node takes no capability, only root's uid, and the way out of row 1. */
static int disk_after_escape(void)
{
    return second_chroot() < 0 ? -1 : leaks(host.argument);
}

/* 13: devtmpfs has the nodes of all of the host's devices. */
static int devtmpfs(void)
{
    return mount("devtmpfs", "mnt", "devtmpfs", 0, NULL);
}

const struct attack device_attacks[] = {
    {"disk_node", disk_node},
    {"disk_after_escape", disk_after_escape},
    {"devtmpfs", devtmpfs},
    {0},
};
