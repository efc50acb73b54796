/*
 * root: what the container's own root file system may hold. See mount_setattr(2).
 */
#ifndef ROOT_H
#define ROOT_H

#include <stdbool.h>

/*
 * Takes setuid programs and devices out of use on /, and writing with `read_only`. Returns 0, or -1
 * after a report. Closes row 31 of the attacks, with no_new_privs, and part of row 12.
 */
int root_restrict(bool read_only);

#endif
