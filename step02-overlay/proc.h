/*
 * proc: the file system through which ps, top and many others see the system. See proc(5).
 * Closes row 35 of the attack table.
 */
#ifndef PROC_H
#define PROC_H

/*
 * Mounts proc on /proc of the caller's root. If the image has no /proc, makes this directory. The
 * mount shows the caller's PID namespace. Returns 0, or -1 after a report: ENOTDIR if /proc is no
 * directory, EPERM, ...
 */
int proc_mount(void);

#endif
