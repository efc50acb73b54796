/*
 * syscalls_rules: makes the filters of system calls from the list in syscalls_allowed.h.
 *
 * It is no part of step05: there libseccomp took about a quarter of each start. A program of the
 * build machine, syscalls_print.c, calls this once, and step05 has the finished filters in it. See
 * seccomp_rule_add(3) and seccomp_export_bpf(3).
 */
#ifndef SYSCALLS_RULES_H
#define SYSCALLS_RULES_H

#include <stdint.h>

/*
 * Writes the filter with this index, 0 to SYSCALLS_FILTERS - 1, to the open file: an array of
 * struct sock_filter. The architecture is one of libseccomp's numbers, see seccomp_arch_add(3).
 * Returns 0, or -1 after a report.
 */
int syscalls_make(int index, uint32_t architecture, int file);

#endif
