/*
 * snapshot: what a folder held, so that a later test finds it as an earlier one did.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdbool.h>

struct snapshot {
    struct snapshot_entry *entries;
    int count;
};

/* Notes all that is below `folder`, but not what is below `except`. */
void snapshot_take(struct snapshot *s, const char *folder, const char *except);

/*
 * Removes what was added since. Returns whether the rest is as it was: nothing is gone, no file was
 * written, and no mode or owner has changed.
 */
bool snapshot_restore(struct snapshot *s, const char *folder, const char *except);

void snapshot_free(struct snapshot *s);

#endif
