/*
 * report: the messages of the programs on stderr. stdout belongs to the command.
 *
 * A function that fails reports at once, since it knows what it was doing. Then it returns -1, and
 * errno is still that of the failed call. Control characters in a message become '?': a path or a
 * loader's name may come from a hostile image, and must not control the reader's terminal.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdio.h>

/* Sets the program's name, which starts each line. */
void report_program(const char *name);

/* "step02: mount proc on /proc: EPERM (Operation not permitted)". Returns -1; errno is kept. */
int report_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same without an errno: "step02: name 'a/b' is not valid". Returns -1; errno is kept. */
int report_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A second line with the cause and its cure: "step02: hint: ...". errno is kept. */
void report_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* News for the user that is no error: "step02: kept /tmp/web/upper". errno is kept. */
void report_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints a text that may be hostile: each control character in it becomes '?'. */
void report_safely(FILE *out, const char *text);

/*
 * While asked() says so, a message that stderr does not take within a moment is lost. Without this,
 * each message waits until somebody reads.
 */
void report_hurry_when(bool (*asked)(void));

/* Mutes all reports before an attempt that may fail (true), or allows them again (false). */
void report_mute(bool mute);

/* Switches the trace on. It is like `set -x` of the shell, but for system calls. */
void explain_on(void);

/*
 * Prints, before the act, the shell command with the same effect: "+ mount -t proc proc /proc".
 * The words end with NULL. They are quoted if a shell needs it.
 */
void explain(const char *word, ...) __attribute__((sentinel));

/* The same for the command that takes this process's place: "+ exec ls /". It ends with NULL. */
void explain_exec(char *const *command);

/* The same for a write to a file of the kernel: "+ echo 64 > /sys/fs/cgroup/.../pids.max". */
void explain_write(const char *text, const char *path);

/* The same for a line at the end of a file: "+ echo '127.0.0.1 web' >> /etc/hosts". */
void explain_append(const char *text, const char *path);

/*
 * A child's lines are typed in another shell than its parent's. So they have the name of the child
 * before the mark, "web+ hostname web". Without a name, this is the program's. It is not copied.
 */
void explain_name_child(const char *name);

/* Tells that this process is the child. */
void explain_in_child(void);

/* For an act that no command of a shell can do: "# close every descriptor above 2". */
void explain_comment(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
