/*
 * syscalls: which system calls a program inside may make.
 *
 * Each call is a door into the kernel, which all containers share. The doors that a container does
 * not need are closed. It is an allow list: a future call is closed until somebody opens it. See
 * seccomp(2), the list in syscalls_allowed.h, the rules in syscalls_rules.c, and syscalls_i386.h.
 *
 * Closes rows 11, 13, 14, 15, 19, 21, 22, 23, 24, 25, 26, 29, 41 and 42 of the attack table.
 */
#ifndef SYSCALLS_H
#define SYSCALLS_H

#include <linux/filter.h>

enum { SYSCALLS_FILTERS = 3 }; /* so many does syscalls_filter() load */

/* These are generated: while step05 is built, filters.mk makes them from the rules. */
extern const struct sock_fprog syscalls_filters[SYSCALLS_FILTERS];

/*
 * Filters the system calls of this process and of all that it starts. A refused call fails with
 * EPERM. A call that is newer than Linux 6.1, and clone3, fail with ENOSYS as on a kernel without
 * them, so that programs take their older way. Huge pages fail with ENOMEM; a change of the core
 * limit answers success and does nothing; a call of another architecture kills its caller.
 * no_new_privs must be set. Returns 0, or -1 after a report.
 */
int syscalls_filter(void);

#endif
