/*
 * no_new_privs: from here on, exec(2) gives no rights that the caller has not.
 *
 * No setuid bit and no file capability counts. See the kernel's
 * Documentation/userspace-api/no_new_privs.rst.
 *
 * Closes row 31 of the attack table.
 */
#ifndef NO_NEW_PRIVS_H
#define NO_NEW_PRIVS_H

/* Sets it for this process and all that it becomes or starts; it cannot be unset. 0 or -1. */
int no_new_privs_set(void);

#endif
