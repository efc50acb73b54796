/*
 * devices: a /dev with the few devices that every program expects, and no other.
 *
 * It is a tmpfs of our own, and hides everything that the image has in /dev.
 *
 * Closes rows 12, 13, 34, 38 and 43 of the attack table.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include "scratch.h"

enum { DEVICES_COUNT = 6 };

struct devices {
    int nodes[DEVICES_COUNT]; /* mounts of null, zero, full, random, urandom and tty */
    int shm;                  /* a mount for /dev/shm                                */
};

/*
 * Copies the mounts of the host's device nodes, since nobody may make nodes in a user namespace.
 * Returns 0, or -1 after a report: ENODEV if the host has something else under such a name, which
 * all containers would share. (A /dev/random that leads to urandom is something else, too.)
 */
int devices_open(struct devices *d);

/* Makes a folder for /dev/shm in the storage, see storage_open_folder(). Returns 0 or -1 likewise.
 */
int devices_open_shm(struct devices *d, const struct scratch *s);

/*
 * Mounts a tmpfs on the image's /dev and puts the nodes into it. /dev/pts gets terminals of its
 * own, at most 256; /dev/shm gets shared memory. Returns 0, or -1 after a report.
 */
int devices_attach(struct devices *d);

#endif
