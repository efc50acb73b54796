/*
 * guards: limits on a process's rights, which a command that enters by setns(2) would not have.
 *
 * A command that enters the namespaces of a guarded process would have more rights than all others
 * in there. They could become it: by a file that it starts, or by its terminal.
 */
#ifndef GUARDS_H
#define GUARDS_H

#include "status.h"

/* Reads the caller's own guards, before it enters. Returns 0, or -1 after a report. */
int guards_read_own(struct status *own);

/*
 * Refuses a process that has a guard which the caller lacks: a filter of system calls, no_new_privs
 * or a smaller bounding set. `proc` is its folder /proc/PID; `pid` is for the message. Returns 0 if
 * it has none, or -1 after a report: EPERM, or why it cannot be read.
 */
int guards_refuse(const struct status *own, int proc, int pid);

#endif
