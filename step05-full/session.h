/*
 * session: a session, a session keyring and a umask of the container's own.
 *
 * In the caller's session a program may type into the caller's terminal, and in the caller's
 * session keyring it may read the caller's keys. The filter of system calls then closes the way
 * back to both. With the caller's umask the container would get other modes for each caller.
 *
 * Closes rows 22 and 23 of the attack table.
 */
#ifndef SESSION_H
#define SESSION_H

/*
 * Makes the caller the leader of a new session, setsid(2), gives it an empty session keyring,
 * keyctl_join_session_keyring(3), and the umask 022. Returns 0, or -1 after a report.
 */
int session_start(void);

#endif
