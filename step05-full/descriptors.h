/*
 * descriptors: open files of the caller, which its child would still have inside.
 *
 * A directory that was opened outside is a way out, by fchdir(2). Neither chroot nor pivot_root
 * closes it.
 *
 * Closes rows 2 and 3 of the attack table.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Closes every descriptor above the standard three, except the `count` descriptors in kept[], where
 * -1 stands for none. This needs close_range(2), so Linux 5.9. Returns 0, or -1 after a report.
 */
int descriptors_close(const int *kept, size_t count);

/* Whether two descriptors refer to the same file. If one of them is not open, they do not. */
bool descriptors_are_same(int one, int other);

#endif
