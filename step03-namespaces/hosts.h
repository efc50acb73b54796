/*
 * hosts: the files of the image that tell the container's host name: /etc/hosts and /etc/hostname.
 *
 * Programs ask for the address of their own host name. Without a line in hosts(5), sudo warns, and
 * gethostbyname(3) fails. The image itself is not changed: what is written here is in the layer.
 */
#ifndef HOSTS_H
#define HOSTS_H

enum { HOSTS_SIZE = 65536 };

/*
 * Adds a line "127.0.0.1 NAME" to root/etc/hosts, unless it has one for this name, and makes
 * root/etc/hostname, if it is missing. `root` is "/", or the folder of a test. Both are looked for
 * beneath the root alone, and not through a mount. What is no plain file there, has HOSTS_SIZE
 * bytes or more, or may not be changed by root inside, is left alone. Returns 0, or -1 after a
 * report.
 */
int hosts_add(const char *root, const char *name);

/*
 * Gives the container its host name: hostname_set() for the kernel, and hosts_add() for the files
 * of `root`. Returns 0, or -1 after a report.
 */
int hosts_set(const char *root, const char *name);

#endif
