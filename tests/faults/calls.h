/*
 * calls: the system calls that can fail, and how.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>

enum { CALLS_MOST_ERRORS = 7 };

/* The name of a system call of this machine, by its number; "call-N" if libseccomp knows none. */
const char *calls_name(int number);

/* Whether the sweep leaves this call out: calls.c says why. */
bool calls_is_left_out(int number);

/* Whether the call has its effect even when it fails, as close(2) has. */
bool calls_acts_anyway(int number);

/* All errnos that the sweep uses. */
extern const int calls_all_errors[CALLS_MOST_ERRORS];

/* Puts the errnos that fit this call into errors[CALLS_MOST_ERRORS]; returns how many. */
int calls_errors(int number, int *errors);

#endif
