/*
 * hostname: the container's own host name. A new UTS namespace begins with a copy of the host's.
 */
#ifndef HOSTNAME_H
#define HOSTNAME_H

/* Sets the name of the caller's UTS namespace, sethostname(2). Returns 0, or -1 after a report. */
int hostname_set(const char *name);

#endif
