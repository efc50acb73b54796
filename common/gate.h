/*
 * gate: a pair of sockets between this program, the launcher, and its container's first process.
 *
 * Through it the launcher lets the child go on, and each side sees when the other is gone. Why no
 * pipe: a process of the container could open that through /proc/1/fd, but no socket. The command
 * does not get it, since exec(2) closes it. There is one gate, since a launcher has one container.
 * See socketpair(2).
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>

/* In the launcher, before it makes the child. Returns 0, or -1 after a report. */
int gate_make(void);

/* In the launcher and in the child: closes the other's end. */
void gate_take_launchers_end(void);
void gate_take_childs_end(void);

/* In the launcher: gate_admit() will give the child this descriptor, and close it here. */
void gate_give(int fd);

/* In the launcher: lets the child go on. Returns 0, or -1 after a report. */
int gate_admit(void);

/* In the child: waits for that. Returns 0, or -1; without a report if the launcher has died. */
int gate_wait(void);

/* In the child, after that: the descriptor that it was given, see unix(7), SCM_RIGHTS; or -1. */
int gate_given(void);

/*
 * In the child: asks the kernel to kill it when the launcher dies (PR_SET_PDEATHSIG, prctl(2)).
 * Call it again after each change of ids, which clears this setting. Returns 0, or -1 after a
 * report, also if the launcher has died already.
 */
int gate_die_with_launcher(void);

/*
 * In a child that does not become the command itself, but starts it: tells that signals reach the
 * command from now on (0), or later which signal has killed it. Returns 0, or -1 after a report.
 */
int gate_tell(int sig);

/*
 * In the launcher: tells whether the command has begun. A child that becomes the command has closed
 * its end by exec(2), another one has called gate_tell().
 */
bool gate_has_begun(void);

/* In the launcher, after the child's end: the signal that killed the command, or 0. */
int gate_signal(void);

/* The descriptor of the child's end, for one that closes all others. -1 without a gate. */
int gate_descriptor(void);

#endif
