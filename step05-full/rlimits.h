/*
 * rlimits: what one process may use, where cgroups count all of them together. See getrlimit(2).
 */
#ifndef RLIMITS_H
#define RLIMITS_H

/*
 * Lowers the limits of this process and of all that it starts: no core file, which the host's
 * core_pattern would take outside; 1024 open files, of 4096 at most; 64 KiB of locked memory.
 * Returns 0, or -1 after a report.
 */
int rlimits_lower(void);

#endif
