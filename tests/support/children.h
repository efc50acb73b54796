/*
 * children: the processes below one, from /proc.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <sys/types.h>

/* Fills pids[most] with the children of `parent`, the oldest first; returns how many there are. */
int children_of(pid_t parent, pid_t *pids, int most);

/* The newest child of a process: for a step, its container. Fails the test if there is none. */
pid_t child_of(pid_t parent);

/* Waits for a process of that name (/proc/PID/comm) below another; the test fails if none comes. */
pid_t wait_for_descendant(pid_t ancestor, const char *name);

/* Kills the children of this process. It also inherits those that a program left behind. */
void kill_children(void);

#endif
