/*
 * devices: a /dev with the handful of devices that a program may count on, and no other.
 *
 * It is a tmpfs of our own, so nothing that the image has in /dev counts.
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
 * Copies the mounts of the host's nodes, since a user namespace may not make any. Returns 0, or -1
 * after a report.
 */
int devices_open(struct devices *d);

/*
 * Puts a tmpfs on /dev of the image and the nodes into it, with terminals of its own on /dev/pts
 * and shared memory on /dev/shm. Returns 0, or -1 after a report.
 */
int devices_attach(struct devices *d);

#endif
