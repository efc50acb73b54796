/*
 * privilege: rights that this program has and its caller lacks, and those that root lacks.
 *
 * A setuid, setgid or file capability copy of a program gets its environment, its descriptors and
 * its options from somebody with fewer rights. Then it must trust none of them, as sudo(8) does.
 * Our programs trust them all: TMPDIR, for example, says where they make folders and remove them.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Refuses to run with such rights. Call it first. Returns 0, or -1 after a report: EPERM. See
 * AT_SECURE, getauxval(3).
 */
int privilege_check(void);

/*
 * Root's rights are capabilities, see capabilities(7). A container, a unit of systemd or capsh(1)
 * may have taken some of them: then uid 0 is refused what root may do elsewhere.
 *
 * Tells whether this process is root, by its effective uid, and lacks a capability, such as
 * CAP_CHOWN.
 */
bool privilege_lacks(int capability);

/* "CAP_CHOWN", for each capability that our programs need. */
const char *privilege_name(int capability);

/*
 * Refuses to go on where root lacks one of `count` capabilities. `purpose` says what they are
 * needed for. Returns 0, also for a caller who is not root, or -1 after a report: EPERM.
 */
int privilege_need(const int *capabilities, size_t count, const char *purpose);

/* After a refusal: a hint if root lacks the capability. Returns whether it does. errno is kept. */
bool privilege_hint(int capability);

#endif
