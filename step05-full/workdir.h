/*
 * workdir: the directory that the command starts in.
 *
 * The kernel lets a process stand in a directory that its root does not lead to, and getcwd(2)
 * calls that one "(unreachable)". Such a directory is a way out of the container (CVE-2024-21626).
 *
 * Closes row 3 of the attack table.
 */
#ifndef WORKDIR_H
#define WORKDIR_H

/* Parses an absolute path without ".." into value, a const char *. 0, or -1 after a report: EINVAL.
 */
int workdir_parse(const char *text, void *value);

/*
 * Makes `path` the working directory, NULL for /, and makes sure that it is inside. Returns 0, or
 * -1 after a report.
 */
int workdir_enter(const char *path);

#endif
