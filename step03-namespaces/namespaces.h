/*
 * namespaces: a child with its own mounts, host name, System V IPC, network, processes and users.
 *
 * The user namespace makes the child root over the other five, and over nothing else. So the caller
 * need not be root outside. See namespaces(7), user_namespaces(7) and clone(2).
 * Closes rows 5, 6, 7, 8, 9, 10, 12, 13, 15, 20, 32, 36, 39 and 40 of the attack table.
 */
#ifndef NAMESPACES_H
#define NAMESPACES_H

#include <sys/types.h>

/* The flags of all six namespaces, for clone(2), unshare(2) and setns(2). */
extern const int NAMESPACES_ALL;

/*
 * Tells before anything is made whether the caller's own ids are mapped, whether /proc is that of
 * the caller's PID namespace (else EXDEV), and whether clone3(2) is there at all: it came with
 * Linux 5.3, and a container's filter of system calls may answer ENOSYS, too. Other refusals are
 * seen when the namespaces are made. Returns 0, or -1 after a report: EPERM, ENOSYS, ...
 */
int namespaces_check(void);

/*
 * Like process_run(), but enter(arg) runs as process 1 of new namespaces. Before this, the parent
 * calls admit(arg, pid) with the child's pid. enter() runs only if admit() returns 0. Returns the
 * exit status: EXIT_NOT_MADE, after a report, if user namespaces are forbidden or admit() failed.
 */
int namespaces_run(int (*enter)(void *), int (*admit)(void *, pid_t), void *arg);

/*
 * Cuts the copies of the host's mounts off from the originals. From here on, neither side
 * sees the mounts and unmounts of the other. Returns 0, or -1 after a report.
 */
int namespaces_private_mounts(void);

/*
 * After a refusal, says which setting of this machine is the cause, and the cure. Most settings
 * forbid the namespaces themselves. AppArmor allows them, and then refuses the first act that needs
 * a right in them. So each function that may do this first act calls this one. errno is kept.
 */
void namespaces_hint_refused(void);

/* How a setting of the machine refuses namespaces. */
enum namespaces_refusal {
    NAMESPACES_NOT_FOR_USERS,   /* only root may make them: EPERM                           */
    NAMESPACES_NOT_FOR_ANYBODY, /* nobody may make them: ENOSPC                            */
    NAMESPACES_WITHOUT_RIGHTS,  /* an ordinary user may make them, but do nothing there     */
};

struct namespaces_setting {
    enum namespaces_refusal refusal;
    const char *name;             /* as sysctl(8) takes it: "user.max_pid_namespaces"        */
    const char *forbids, *allows; /* a value that refuses, and one that does not               */
};

/*
 * Finds the first setting that now refuses namespaces in this way. Reads the files below
 * ROOT/proc/sys: `root` is "", or the folder of a test. Returns NULL if there is none.
 */
const struct namespaces_setting *namespaces_find_setting(enum namespaces_refusal refusal,
                                                         const char *root);

#endif
