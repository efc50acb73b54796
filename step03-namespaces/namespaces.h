/*
 * namespaces: a child with its own mounts, host name, System V IPC, network, processes and users.
 *
 * The user namespace makes the child root over the other five, and over nothing else, so that no
 * root is needed outside. See namespaces(7), user_namespaces(7) and clone(2).
 */
#ifndef NAMESPACES_H
#define NAMESPACES_H

#include <sys/types.h>

/* The six of them, for clone(2), unshare(2) and setns(2). */
extern const int NAMESPACES_ALL;

/*
 * Like process_run(), but enter(arg) runs as process 1 of new namespaces, and only after
 * admit(arg, pid), called in the parent with the child's pid, has returned 0. Returns the exit
 * status: EXIT_NOT_MADE, after a report, where user namespaces are forbidden or admit failed.
 */
int namespaces_run(int (*enter)(void *), int (*admit)(void *, pid_t), void *arg);

/*
 * Cuts the copies of the host's mounts off from the originals, so that no mount or unmount from
 * here on is seen outside, or the other way round. Returns 0, or -1 after a report.
 */
int namespaces_private_mounts(void);

/*
 * After a refusal, says which setting of this machine is its cause, and the cure. Most settings
 * forbid the namespaces themselves. AppArmor allows them, and refuses the first act that needs a
 * right in them: so the functions that may be this first act call this. errno is kept.
 */
void namespaces_hint_refused(void);

/* How a setting of the machine refuses namespaces. */
enum namespaces_refusal {
    NAMESPACES_NOT_FOR_USERS,   /* only root may make them: EPERM                           */
    NAMESPACES_NOT_FOR_ANYBODY, /* there may be none at all: ENOSPC                         */
    NAMESPACES_WITHOUT_RIGHTS,  /* an ordinary user may make them, and then do nothing there */
};

struct namespaces_setting {
    enum namespaces_refusal refusal;
    const char *name;             /* as sysctl(8) takes it: "user.max_pid_namespaces"        */
    const char *forbids, *allows; /* its value when it refuses, and one with which it does not */
};

/*
 * Finds the first setting that refuses namespaces in this way now, from the files below
 * ROOT/proc/sys: `root` is "", or a test's folder. Returns NULL when there is none.
 */
const struct namespaces_setting *namespaces_find_setting(enum namespaces_refusal refusal,
                                                         const char *root);

#endif
