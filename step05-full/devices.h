/*
 * devices: a /dev with the few devices that every program expects, and no other.
 *
 * It is a tmpfs of our own, and hides everything that the image has in /dev.
 *
 * Closes rows 12, 13 and 34 of the attack table.
 */
#ifndef DEVICES_H
#define DEVICES_H

enum { DEVICES_COUNT = 6 };

struct devices {
    int nodes[DEVICES_COUNT]; /* mounts of null, zero, full, random, urandom and tty */
};

/*
 * Copies the mounts of the host's device nodes, since nobody may make nodes in a user namespace.
 * Returns 0, or -1 after a report.
 */
int devices_open(struct devices *d);

/*
 * Mounts a tmpfs on the image's /dev and puts the nodes into it. /dev/pts gets terminals of its
 * own, /dev/shm gets shared memory. Returns 0, or -1 after a report.
 */
int devices_attach(struct devices *d);

#endif
