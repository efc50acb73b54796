/*
 * rlimits: what a single process may use; a cgroup counts all processes together. See getrlimit(2).
 *
 * Closes row 41 of the attack table.
 */
#ifndef RLIMITS_H
#define RLIMITS_H

#include <sys/resource.h>
#include <sys/types.h>

/*
 * Lowers the limits of this process and of all that it starts: a core dump of 1 byte, 1024 open
 * files (it may raise them to 4096), and 64 KiB of locked memory. A limit of 1 byte keeps the
 * kernel from starting the program in the host's core_pattern, see core(5). A limit of 0 does not.
 * So if the caller's hard limit is 0, row 41 stays open: only the host's root may raise it. Returns
 * 0, or -1 after a report.
 */
int rlimits_lower(void);

/* All limits of a process, by their number. */
struct rlimits {
    struct rlimit all[RLIM_NLIMITS];
};

/* Reads those of the process `pid`, by prlimit(2). Returns 0, or -1 after a report. */
int rlimits_read(struct rlimits *r, pid_t pid);

/*
 * Gives this process those limits. A hard limit that is lower already stays so: only the host's
 * root may raise it. Returns 0, or -1 after a report.
 */
int rlimits_take(const struct rlimits *r);

#endif
