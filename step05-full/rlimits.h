/*
 * rlimits: what one process may use, where cgroups count all of them together. See getrlimit(2).
 *
 * Closes row 41 of the attack table.
 */
#ifndef RLIMITS_H
#define RLIMITS_H

/*
 * Lowers the limits of this process and of all that it starts: 1 byte of core dump, by which the
 * kernel starts no program of the host's core_pattern, see core(5); 1024 open files, of 4096 at
 * most; 64 KiB of locked memory. Returns 0, or -1 after a report. Where the caller's hard limit of
 * core dumps is 0, row 41 stays open: only the host's root may raise it.
 */
int rlimits_lower(void);

#endif
