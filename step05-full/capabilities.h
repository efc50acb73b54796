/*
 * capabilities: root's rights one by one, and the few of them that a container's root keeps.
 *
 * See capabilities(7) for the five sets, and cap_set_proc(3), cap_drop_bound(3).
 */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

/*
 * Leaves the caller the default capabilities in its permitted, effective and bounding sets, and
 * empties the ambient and inheritable ones. Returns 0, or -1 after a report.
 */
int capabilities_limit(void);

#endif
