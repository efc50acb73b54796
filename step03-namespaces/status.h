/*
 * status: what the kernel tells of a process in /proc/PID/status. See proc(5).
 */
#ifndef STATUS_H
#define STATUS_H

#include <stdbool.h>
#include <sys/types.h>

struct status {
    pid_t parent;
    bool is_process_1; /* of its PID namespace */
    uid_t uid;         /* the real ids, as the reader's user namespace has them */
    gid_t gid;
    unsigned long long bounding;          /* the bounding set of capabilities           */
    unsigned no_new_privs, mode, filters; /* mode and number of filters of system calls */
};

/*
 * Reads it from the folder `proc`, which is /proc/PID. Before Linux 5.9 a process has no number of
 * filters: then it is 0. Returns 0, or -1 with errno and no report: EINVAL if a line is missing
 * that each kernel has.
 */
int status_read(int proc, struct status *s);

#endif
