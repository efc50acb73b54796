/*
 * idhelper: newuidmap(1) and newgidmap(1), which write id maps that an ordinary user may not.
 *
 * Only they can tell whether they have the right. By their setuid bit or a capability of the file
 * they have more rights than their caller. Under no_new_privs, on a mount with nosuid, and in some
 * containers, they have not.
 */
#ifndef IDHELPER_H
#define IDHELPER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Opens a helper in the folders of the system below `root`, which is "" or the folder of a test.
 * Only root may own it and write to it. Its path is in path[size]. Returns a descriptor to execute,
 * see fexecve(3), or -1 with errno ENOENT and no report.
 */
int idhelper_open(const char *root, const char *name, char *path, size_t size);

/* Tells whether idhelper_open() finds it. */
bool idhelper_is_installed(const char *name);

/*
 * Runs a helper. The words command[1] to command[7] are its arguments: the pid, and two ranges of
 * three numbers. command[8] is NULL. Returns 0, or 1 if the helper has failed, as it says itself on
 * stderr, or -1 after a report.
 */
int idhelper_run(const char *name, char **command);

#endif
