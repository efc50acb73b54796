/*
 * environment: variables that the user chose for the command.
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include "cli_list.h"

/* Parses NAME=VALUE into `value`, a struct cli_list. Returns 0, or -1 after a report: EINVAL. */
int environment_parse(const char *text, void *value);

/* Adds the variables to the caller's environment. Returns 0, or -1 after a report. */
int environment_add(const struct cli_list *variables);

#endif
