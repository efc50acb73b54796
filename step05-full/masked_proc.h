/*
 * masked_proc: a /proc that lets nobody write to the kernel, and hides the kernel's secrets.
 *
 * The files of proc ask for an id, not for a capability: root without one capability may still
 * write to /proc/sys.
 *
 * Closes rows 14, 17, 18, 19, 20 and 35 of the attack table.
 */
#ifndef MASKED_PROC_H
#define MASKED_PROC_H

/*
 * Makes a mount of proc, while the host's is in sight: a user namespace gets no more of it than its
 * caller sees. Returns a descriptor, or -1 after a report: EPERM inside another container.
 */
int masked_proc_open(void);

/* Puts it on /proc of the image, and checks that it is there. Returns 0, or -1 after a report. */
int masked_proc_attach(int mount);

/* Makes its writable parts read-only and hides the telling ones. Returns 0, or -1 after a report.
 */
int masked_proc_protect(void);

#endif
