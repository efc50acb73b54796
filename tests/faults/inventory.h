/*
 * inventory: what a container could leave on the machine, as a text to compare.
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

enum { INVENTORY_SIZE = 1 << 16 };

/*
 * Lists into text[INVENTORY_SIZE]: all files below the folder, with modes and owners; the mounts of
 * our mount namespace; the cgroups that have `name` in their names.
 */
void inventory_take(char *text, const char *folder, const char *name);

/* Copies the first line that is in only one of two lists to line[size], or "". */
void inventory_compare(const char *before, const char *after, char *line, size_t size);

/* Whether `messages` name each path that only `after` has: itself, or for a file a folder of it. */
bool inventory_is_named(const char *before, const char *after, const char *messages);

/* Appends the limits of the cgroups with `name` in their names to text[size]. */
void inventory_limits(const char *name, char *text, size_t size);

/* Removes the mounts below `folder`, the files in `scratch`, and the cgroups with `name`. */
void inventory_clear(const char *folder, const char *scratch, const char *name);

#endif
