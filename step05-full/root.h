/*
 * root: what the container's own root file system may hold. See mount_setattr(2).
 *
 * Closes rows 12 and 31 of the attack table.
 */
#ifndef ROOT_H
#define ROOT_H

#include <stdbool.h>

/*
 * Makes setuid bits and devices on / useless and, with `read_only`, forbids writing to it. Returns
 * 0, or -1 after a report.
 */
int root_restrict(bool read_only);

#endif
