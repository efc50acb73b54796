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
 * and an oom_score_adj below 0, see proc(5). With -1000 the kernel could kill nobody at the
 * container's memory limit. What is less than usual stays.
 *
 * A user's container may go back to the user's oom_score_adj. Only CAP_SYS_RESOURCE could prevent
 * that, so a note says it. Returns 0, or -1 after a report.
 */
int priority_leave(void);

#endif
