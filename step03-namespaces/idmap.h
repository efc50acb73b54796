/*
 * idmap: the ids in a user namespace and their ids outside. See user_namespaces(7).
 */
#ifndef IDMAP_H
#define IDMAP_H

#include <sys/types.h>

/*
 * Writes the id maps of process `pid`, which waits in a new user namespace. Root maps each id that
 * it has to the same id inside. Any other caller may map only its own id, to 0. In both cases root
 * inside is the caller outside. Without maps the process would be "nobody". Returns 0, or -1 after
 * a report: EPERM, ...
 */
int idmap_write(pid_t pid);

/*
 * Tells whether a map of the caller, "uid_map" or "gid_map", has `count` ids from `first` on. A
 * user namespace may have no map yet, or one that lacks the caller's own id. Or -1 after a report.
 */
int idmap_has(const char *map, unsigned first, unsigned count);

#endif
