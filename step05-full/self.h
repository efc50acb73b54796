/*
 * self: this program's own file, which the container must not reach.
 *
 * Until it becomes the command, the container's process 1 is this program, and /proc/1/exe leads to
 * the file on the host that the next container will be started from (CVE-2019-5736).
 *
 * Closes row 39 of the attack table.
 */
#ifndef SELF_H
#define SELF_H

/*
 * Starts this program again, from where nobody can write to it any more: a mount of its file that
 * is read-only and in no tree, open_tree(2) with mount_setattr(2); or, where no such mount can be
 * made, as the file was removed or user namespaces are forbidden, a copy in memory, memfd_create(2)
 * with all its seals. Returns 0 in what it started; in the original -1, after a report.
 */
int self_seal(char **argv);

#endif
