/*
 * capabilities: root's rights one by one, and the few of them that a container's root keeps.
 *
 * See capabilities(7) for the five sets, and cap_set_proc(3), cap_drop_bound(3). The groups
 * of row 40 are left in subids.
 *
 * Closes rows 11, 13, 14, 15, 19, 21, 25, 27 and 40 of the attack table.
 */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

#include <stdint.h>

struct capabilities {
    uint64_t added, dropped; /* bit N: the user chose capability N */
};

/*
 * Parse a name such as net_raw or CAP_NET_RAW, or "all", into value, a struct capabilities. Each
 * returns 0, or -1 after a report: EINVAL.
 */
int capabilities_parse_add(const char *text, void *value);
int capabilities_parse_drop(const char *text, void *value);

/*
 * Leaves the default capabilities, with those added and without those dropped, in the bounding set,
 * which caps what any later exec(2) may gain, and empties the ambient set. Still root, since it
 * takes CAP_SETPCAP. Returns 0, or -1 after a report.
 */
int capabilities_bound(const struct capabilities *c);

/*
 * Leaves the same in the permitted and effective sets, as far as the caller has them (one that is
 * no longer root has none), and empties the inheritable set. Returns 0, or -1 after a report.
 */
int capabilities_set(const struct capabilities *c);

#endif
