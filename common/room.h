/*
 * room: what this program itself needs of the limits of its caller.
 *
 * With a stack of 64 KiB it would die half way, and with 6 open files it could not remove what it
 * has made. So it looks before it makes anything. See getrlimit(2).
 */
#ifndef ROOM_H
#define ROOM_H

/* Returns 0, or -1 after a report: EMFILE for too few open files, EAGAIN for too small a stack. */
int room_check(void);

#endif
