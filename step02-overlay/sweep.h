/*
 * sweep: removes what a killed container has left. No program can catch SIGKILL and clean up.
 *
 * The next run does, of this step or of another one: it looks beside its own scratch directory for
 * those of the caller's dead containers. See scratch for how it knows them.
 */
#ifndef SWEEP_H
#define SWEEP_H

/*
 * Removes what the dead container `name` left, and what some others left: it looks at 64 folders
 * at most, from a random one on. `parent` may be NULL for TMPDIR or /tmp. What cannot be removed
 * stays for the next run. Returns 0, or -1 after a report if the caller's working directory is
 * lost.
 */
int sweep_leftovers(const char *parent, const char *name);

#endif
