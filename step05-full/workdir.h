/*
 * workdir: the directory that the command starts in.
 *
 * The kernel allows a working directory outside of the process's root. getcwd(2) then gives a path
 * with "(unreachable)". Such a directory is a way out of the container (CVE-2024-21626).
 *
 * Closes row 3 of the attack table.
 */
#ifndef WORKDIR_H
#define WORKDIR_H

/*
 * Parses an absolute path without ".." into `value`, a const char *. Returns 0, or -1 after a
 * report: EINVAL.
 */
int workdir_parse(const char *text, void *value);

/*
 * Makes `path` (NULL: /) the working directory, and checks that it is inside. Returns 0, or -1
 * after a report: ENOENT when it is outside.
 */
int workdir_enter(const char *path);

#endif
