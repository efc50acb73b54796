/*
 * runtime: this program's own file, which the container must not reach.
 *
 * Until it becomes the command, the container's process 1 is this program, and /proc/1/exe leads to
 * the file on the host that the next container will be started from (CVE-2019-5736). Closes row 39.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

/*
 * Starts this program again, from a copy in memory that nobody can write to any more:
 * memfd_create(2) with all its seals. Returns 0 in the copy; in the original -1, after a report.
 */
int runtime_seal(char **argv);

#endif
