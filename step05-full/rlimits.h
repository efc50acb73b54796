/*
 * rlimits: what a single process may use; a cgroup counts all processes together. See getrlimit(2).
 *
 * Closes rows 28, 29, 30 and 41 of the attack table.
 */
#ifndef RLIMITS_H
#define RLIMITS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * Lowers the limits of this process and of all that it starts: a core dump of 1 byte, 1024 open
 * files (it may raise them to 4096), and 64 KiB of locked memory. What the caller has set lower
 * stays. At most 4096 pending signals and 400 KiB of message queues: on a machine with more than
 * 2 GiB the caller, whose share they are, keeps at least half. No real-time priority and no better
 * nice value: no quota limits a real-time process.
 *
 * A core limit of 1 byte keeps the kernel from starting the program in the host's core_pattern, see
 * core(5). A limit of 0 does not: rlimits_raise_core() is for that. Since Linux 6.16 core_pattern
 * may be a socket, too. To that the kernel sends all of the memory, whatever the limit is.
 *
 * Where no cgroup counts: also at most LIMIT_DEFAULT_PIDS processes for each user inside, and
 * LIMIT_DEFAULT_MEMORY of data for each process. This is less than a cgroup does: many processes,
 * or many users, have as many times as much; and CPU time has no limit. Returns 0, or -1 after a
 * report.
 */
int rlimits_lower(bool has_cgroup);

/*
 * Makes a hard core limit of 0 a limit of 1 byte. sudo(8) gives its commands 0 since 1.9.9, see
 * rlimit_core in sudoers(5). The kernel wants CAP_SYS_RESOURCE on the host for it, so this comes
 * before the container's namespaces. Without that right it stays 0, and row 41 is open if the
 * host's core_pattern is a program: a note says so, and also if it is a socket. Returns 0, or -1
 * after a report.
 */
int rlimits_raise_core(void);

/* All limits of a process, by their number. */
struct rlimits {
    struct rlimit all[RLIM_NLIMITS];
};

/* Reads those of the process `pid`, by prlimit(2). Returns 0, or -1 after a report. */
int rlimits_read(struct rlimits *r, pid_t pid);

/*
 * Gives this process those limits, and a core limit of 1 byte. A hard limit that is lower already
 * stays so: only the host's root may raise it. Returns 0, or -1 after a report.
 */
int rlimits_take(const struct rlimits *r);

#endif
