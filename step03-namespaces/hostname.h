/*
 * hostname: the name that the UTS namespace, which begins with a copy of the host's, makes its own.
 */
#ifndef HOSTNAME_H
#define HOSTNAME_H

/* Sets the host name of the caller's UTS namespace; sethostname(2). Returns 0, or -1 after a
 * report. */
int hostname_set(const char *name);

#endif
