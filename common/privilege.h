/*
 * privilege: rights that this program has and its caller lacks.
 *
 * A setuid, setgid or file capability copy of a program gets its environment, its descriptors and
 * its options from somebody with fewer rights. Then it must trust none of them, as sudo(8) does.
 * Our programs trust them all: TMPDIR, for example, says where they make folders and remove them.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

/*
 * Refuses to run with such rights. Call it first. Returns 0, or -1 after a report: EPERM. See
 * AT_SECURE, getauxval(3).
 */
int privilege_check(void);

#endif
