/*
 * mounts: what is mounted where, as proc_pid_mountinfo(5) lists it.
 */
#ifndef MOUNTS_H
#define MOUNTS_H

#include <limits.h>
#include <stdbool.h>

/* In mountinfo a blank is \040, and other special characters are written so too. Undoes that. */
void mounts_unescape(char *text);

/*
 * Looks for a mount on a place below the folder `path`, in the caller's mount namespace. Puts the
 * first such place in found[PATH_MAX]. Returns whether there is one. Where the list cannot be read,
 * none is found: it serves only to explain a failure, or to avoid one.
 */
bool mounts_find_below(const char *path, char *found);

#endif
