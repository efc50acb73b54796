/*
 * self: this program's own file, to which the container must not write.
 *
 * The container's process 1 is this program, so /proc/1/exe leads to its file on the host. The next
 * container is started from that file (CVE-2019-5736).
 *
 * Closes rows 39 and 44 of the attack table.
 */
#ifndef SELF_H
#define SELF_H

/*
 * Starts this program again, from a mount of its file that is read-only and in no mount namespace:
 * see open_tree(2) and mount_setattr(2). If no such mount can be made, since the file was removed
 * or user namespaces are forbidden, starts it from a copy in memory: memfd_create(2) with all its
 * seals. Nobody can write to either.
 *
 * Before, it leaves the personality that the caller chose, see personality(2): with it, the
 * container's addresses might not be random, or the kernel might tell an old version. Returns 0 in
 * the new program, or -1 in the original after a report.
 */
int self_seal(char **argv);

#endif
