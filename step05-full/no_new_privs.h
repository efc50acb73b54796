/*
 * no_new_privs: from here on, exec(2) gives no rights that the caller does not have.
 *
 * Setuid bits and file capabilities have no effect any more. See the kernel's
 * Documentation/userspace-api/no_new_privs.rst.
 *
 * Closes row 31 of the attack table.
 */
#ifndef NO_NEW_PRIVS_H
#define NO_NEW_PRIVS_H

/* Sets it for this process and all that it starts, forever. Returns 0, or -1 after a report. */
int no_new_privs_set(void);

#endif
