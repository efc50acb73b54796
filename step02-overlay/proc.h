/*
 * proc: the file system through which ps, top and many others see the system. See proc(5).
 */
#ifndef PROC_H
#define PROC_H

/*
 * Mounts proc on /proc of the caller's root, making the directory where the image has none. It
 * shows the PID namespace of the caller. Returns 0, or -1 after a report: EPERM, ...
 */
int proc_mount(void);

#endif
