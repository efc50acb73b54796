/*
 * privacy: what this program knows of its caller, and nobody inside may read or change.
 *
 * The container's process 1 is this program. Its words are in /proc/1/cmdline, which all may read:
 * paths of the host, and the secrets of --env. Its memory has the rest, in /proc/1/mem: whoever has
 * the same user or CAP_SYS_PTRACE may read it, and write to it. So a container's root could make
 * process 1 do anything, such as outlive its launcher. See proc(5) and PR_SET_DUMPABLE, prctl(2).
 *
 * Closes row 42 of the attack table.
 */
#ifndef PRIVACY_H
#define PRIVACY_H

/*
 * Copies the words of this program. It must use the copy alone, so that the words can be wiped
 * later. Returns the copy, or NULL after a report.
 */
char **privacy_copy(char **argv);

/*
 * Wipes all words but the program's name, and makes this process, and its children until their
 * exec(2), undumpable: only who has CAP_SYS_PTRACE on the host may look into it. A change of ids
 * may undo this, so it is to be called after the last one. Returns 0, or -1 after a report.
 */
int privacy_close(void);

#endif
