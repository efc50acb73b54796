/*
 * parcel: an open file that one process gives to another, through a pair of sockets.
 *
 * It travels with one byte. Only so can a process get an open file that has no path, or none where
 * it is. See unix(7), SCM_RIGHTS, and cmsg(3).
 */
#ifndef PARCEL_H
#define PARCEL_H

/* Sends one byte with the descriptor `fd`; -1: with none. Returns 0, or -1 with errno. */
int parcel_send(int socket, int fd);

/*
 * Waits for one, and sets *fd to a descriptor that exec(2) closes, or to -1. Returns 1, 0 if the
 * other side has closed the socket, or -1 with errno: EMFILE if the descriptor found no room here.
 */
int parcel_receive(int socket, int *fd);

#endif
