/*
 * registers: what ptrace(2) does differently on each kind of machine. The process is stopped.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <sys/types.h>

/* At the entry of a system call: the kernel will not do it. Returns 0, or -1 with errno. */
int registers_skip_call(pid_t pid);

/* At the exit of a system call: it has returned `result`, or failed with errno -result. */
int registers_set_result(pid_t pid, long result);

#endif
