/*
 * loopback: the only interface of a new network namespace. It is down at first.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

/* Brings the interface lo up; netdevice(7). Returns 0, or -1 after a report. */
int loopback_up(void);

#endif
