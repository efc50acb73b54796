/*
 * settings: what root inside writes to /proc/sys, before that is read-only: see tables and sockets.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

/* Needs the container's own /proc. Returns 0, or -1 after a report. */
int settings_write(void);

#endif
