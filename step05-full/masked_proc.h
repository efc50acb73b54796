/*
 * masked_proc: a /proc that protects the kernel's settings and hides its secrets.
 *
 * Many files in /proc check the user's id, not a capability: root may write to /proc/sys even
 * without any capability.
 *
 * Closes rows 14, 17, 18, 19, 20 and 35 of the attack table.
 */
#ifndef MASKED_PROC_H
#define MASKED_PROC_H

/*
 * Makes a mount of proc. The host's must still be in sight: a user namespace gets no more of proc
 * than its caller sees. *mount becomes its descriptor. Returns 0, or -1 after a report: EPERM
 * inside another container.
 */
int masked_proc_open(int *mount);

/* Puts it on the image's /proc and checks that it is there. Returns 0, or -1 after a report. */
int masked_proc_attach(int mount);

/* Makes the settings in it read-only and hides the secrets. Returns 0, or -1 after a report. */
int masked_proc_protect(void);

#endif
