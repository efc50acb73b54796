/*
 * audit: what a test left behind: mounts, cgroups, processes, files, network interfaces.
 */
#ifndef AUDIT_H
#define AUDIT_H

/*
 * Notes what is there: mounts (those with `mounts_of` in their line), the files in `scratch`, ...
 * Makes this process the parent of every orphan among its descendants.
 */
void audit_begin(const char *scratch, const char *mounts_of);

/*
 * Compares what is there now with what was there then, and prints each difference. Waits a moment
 * for what is about to go. Kills the processes that are left. Returns how many differences it
 * found.
 */
int audit_end(void);

#endif
