/*
 * syscalls_i386: what i386, 32-bit x86, adds to the filters of system calls.
 *
 * Its C library makes calls of its own: mmap2 for mmap, stat64 for stat. And some calls have their
 * arguments in memory, where no filter can look. See socketcall(2) and ipc(2), and the list in
 * syscalls_i386_allowed.h.
 *
 * glibc and Go open each socket by socketcall, so their programs open none. A recent musl tries
 * socket(2) first, whose family the filter sees.
 */
#ifndef SYSCALLS_I386_H
#define SYSCALLS_I386_H

#include <seccomp.h>
#include <stdbool.h>

/* Whether this call of the common list must not be allowed on i386 by its name alone. */
bool syscalls_i386_leaves_out(const char *name);

/* Adds the calls of i386 to a filter that allows. Returns 0, or an error of seccomp_rule_add(3). */
int syscalls_i386_allow(scmp_filter_ctx filter);

/*
 * Add to a filter that refuses: no socket by socketcall, and no huge pages by mmap2 and ipc. Return
 * as syscalls_i386_allow() does.
 */
int syscalls_i386_refuse_sockets(scmp_filter_ctx filter);
int syscalls_i386_refuse_huge_pages(scmp_filter_ctx filter);

#endif
