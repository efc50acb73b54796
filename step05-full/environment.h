/*
 * environment: variables and a working directory that the user chose for the command.
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include "cli_list.h"

/* Parses NAME=VALUE into value, a struct cli_list. Returns 0, or -1 after a report: EINVAL. */
int environment_parse(const char *text, void *value);

/* Adds the variables to the caller's environment. Returns 0, or -1 after a report. */
int environment_add(const struct cli_list *variables);

/* Parses an absolute path without ".." into value, a const char *. 0, or -1 after a report: EINVAL.
 */
int environment_parse_path(const char *text, void *value);

/*
 * Makes `path` the working directory, and makes sure that it is inside: the kernel calls a
 * directory that the root does not lead to "(unreachable)". Closes row 3 of the attacks, with
 * descriptors (CVE-2024-21626). Accepts NULL for /. Returns 0, or -1 after a report.
 */
int environment_enter(const char *path);

#endif
