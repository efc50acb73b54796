/*
 * descriptors: open files that the caller had, and that its child would have inside.
 *
 * A directory that was open outside is a way out that neither chroot nor pivot_root closes:
 * fchdir(2).
 *
 * Closes rows 2 and 3 of the attack table.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stdbool.h>

/*
 * Closes every descriptor above the standard three but `keep`, which may be -1; close_range(2), so
 * Linux 5.9. Returns 0, or -1 after a report.
 */
int descriptors_close(int keep);

/* Whether two descriptors are of one file; false, too, where one of them is of none. */
bool descriptors_are_same(int one, int other);

#endif
