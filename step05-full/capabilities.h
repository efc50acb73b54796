/*
 * capabilities: root's rights one by one, and the few of them that a container's root keeps.
 *
 * See capabilities(7) for the five sets, capset(2), and PR_CAPBSET_DROP and PR_CAP_AMBIENT of
 * prctl(2). Row 40 is also about the caller's groups; subids_become_root() leaves them.
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
 * Both parse a name such as net_raw or CAP_NET_RAW, or "all"; `value` is a struct capabilities.
 * Each returns 0, or -1 after a report: EINVAL. The order of the options does not matter: a name
 * wins over "all", and of two names the drop.
 */
int capabilities_parse_add(const char *text, void *value);
int capabilities_parse_drop(const char *text, void *value);

/*
 * Reduces the bounding set to the default capabilities, with those added and without those dropped:
 * no later exec(2) can gain any others. Empties the ambient set. The caller must still be root,
 * since this needs CAP_SETPCAP. Returns 0, or -1 after a report.
 */
int capabilities_bound(const struct capabilities *c);

/*
 * Reduces the permitted and effective sets to the same capabilities, as far as the caller has them:
 * a caller that is no longer root has none. Empties the inheritable set. Returns 0, or -1 after a
 * report.
 */
int capabilities_set(const struct capabilities *c);

#endif
