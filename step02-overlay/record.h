/*
 * record: the folders of a container that are elsewhere, so that a later run can find them.
 *
 * A record is a symbolic link in the scratch directory, made before the folder itself. Whoever
 * removes the scratch directory first removes what the records lead to: folders alone, by rmdir(2),
 * and never a file.
 */
#ifndef RECORD_H
#define RECORD_H

/*
 * Notes that the container is about to have one more folder, `path`. `scratch` is the scratch
 * directory, or -1 for none: then nothing is noted. `what` is the record's own name. Returns 0, or
 * -1 after a report: EEXIST, ENOSPC, ...
 */
int record_add(int scratch, const char *what, const char *path);

/* Takes it back: that folder could not be made, and may be another container's. errno is kept. */
void record_drop(int scratch, const char *what);

/*
 * Removes each recorded folder that is still there, and the folders in it. `dir` is the
 * scratch directory's path, for messages. Returns 0, or -1 after a report: EBUSY, ...
 */
int record_settle(int scratch, const char *dir);

#endif
