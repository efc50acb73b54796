/*
 * idmap: who the users of a user namespace are outside. See user_namespaces(7).
 */
#ifndef IDMAP_H
#define IDMAP_H

#include <sys/types.h>

/*
 * Writes the id maps of process `pid`, which waits in a new user namespace. Root maps
 * every id that it has onto the same id inside; any other caller may map only
 * its own, onto 0. Either way root inside is the caller outside. Without maps it would be nobody.
 * Returns 0, or -1 after a report: EPERM, ...
 */
int idmap_write(pid_t pid);

#endif
