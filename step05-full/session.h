/*
 * session: a session and a session keyring of the container's own.
 *
 * In the caller's session a program may type into the caller's terminal, and in the caller's
 * keyring it reads the caller's keys. The filter of system calls keeps both so.
 *
 * Closes rows 22 and 23 of the attack table.
 */
#ifndef SESSION_H
#define SESSION_H

/*
 * Makes the caller the leader of a new session, setsid(2), and gives it an empty session keyring,
 * keyctl_join_session_keyring(3). Returns 0, or -1 after a report.
 */
int session_start(void);

#endif
