/*
 * priority: what a process takes before others. A caller may have more than a container should get.
 *
 * Closes rows 29 and 30 of the attack table.
 */
#ifndef PRIORITY_H
#define PRIORITY_H

/*
 * Gives up what the caller has: a real-time policy or a deadline, for which no quota of a cgroup
 * holds, see sched(7); a nice value below 0; the real-time class of the disks, see ioprio_set(2);
 * PR_SET_IO_FLUSHER, see prctl(2); and an oom_score_adj below 0, see proc(5): with -1000 the kernel
 * could kill nobody at the container's memory limit. What is less than usual stays.
 *
 * Without CAP_SYS_RESOURCE on the host, the container may go back to a negative oom_score_adj: a
 * note says so. And then PR_SET_IO_FLUSHER stays, since it can neither be seen nor taken back.
 * Returns 0, or -1 after a report.
 */
int priority_leave(void);

#endif
