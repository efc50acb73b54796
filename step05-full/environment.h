/*
 * environment: variables that the user chose for the command.
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include "cli_list.h"

/*
 * Parses NAME=VALUE into `value`, a struct cli_list. NAME alone takes the value that the caller
 * has; where the caller has none, nothing is taken. Returns 0, or -1 after a report: EINVAL.
 */
int environment_parse(const char *text, void *value);

/*
 * Begins the new environment of a command in the container `name`, see command_environment(), and
 * adds the variables to it. Returns 0, or -1 after a report.
 */
int environment_begin(const char *name, const struct cli_list *variables);

/* Sets HOME, unless it is one of the chosen variables. Returns 0, or -1 after a report. */
int environment_set_home(const struct cli_list *variables, const char *home);

#endif
