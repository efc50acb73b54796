/*
 * devices: a /dev with the handful of devices that a program may count on, and no other.
 */
#ifndef DEVICES_H
#define DEVICES_H

/*
 * Mounts a tmpfs on /dev, with null, zero, full, random, urandom and tty bound to those of the
 * host's /dev, which is at `host_dev`, since a user namespace may not make device nodes; with
 * terminals of its own on /dev/pts and shared memory on /dev/shm. Returns 0, or -1 after a report.
 */
int devices_mount(const char *host_dev);

#endif
