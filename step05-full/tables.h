/*
 * tables: how much of the kernel's own tables the container may fill, which all containers share.
 *
 * The kernel counts inotify's instances and watches, and namespaces, for each user: for one inside,
 * and for the caller on the host, whose share all users inside have together. So a limit here keeps
 * one user inside from taking the caller's whole share. See namespaces(7), inotify(7), and in the
 * kernel's Documentation/admin-guide/sysctl/user.rst.
 *
 * Closes rows 24 and 43 of the attack table.
 */
#ifndef TABLES_H
#define TABLES_H

/*
 * Writes the limits into the folder `dir`: /proc/sys/user, while root inside may still write there.
 * No namespaces of most kinds, since the filter of system calls allows none; 32 inotify instances
 * and 8192 watches. A kernel without a table has no file for it, and needs none. Returns 0, or -1
 * after a report.
 */
int tables_limit(const char *dir);

#endif
