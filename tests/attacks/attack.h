/*
 * attack: what the attacks are made of. Each attack is one function. It runs inside a container; or
 * in the image's folder, outside of any container, as a control. It returns
 *   0                   when it worked
 *   -1                  when it was stopped, with errno; or stopped("how"), where there is no errno
 *   not_here("why")     when this machine lacks what it attacks
 * Its comment names the row of the matrix, the mechanism, and the CVE where there is one.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <stddef.h>
#include <sys/types.h>

struct attack {
    const char *name;
    int (*run)(void);
};

/* One table for each family of attacks. It ends with {0}. */
extern const struct attack escape_attacks[], process_attacks[], namespace_attacks[],
    device_attacks[], kernel_attacks[], mount_attacks[], terminal_attacks[], syscall_attacks[],
    resource_attacks[], identity_attacks[], image_attacks[];

/* What the attacker knows of the host. */
extern struct host {
    const char *secret;   /* the path of a file that anybody may read, outside of the image */
    pid_t victim;         /* a process of the caller                                        */
    const char *argument; /* one more thing that some attacks need: a number, a path        */
} host;

int stopped(const char *how);
int not_here(const char *why);

/* Opens the secret by its path below a directory. AT_FDCWD is one too. */
int open_secret(int dir);

/* Row 1. Other attacks build on it: afterwards the root is the host's. */
int second_chroot(void);

/* Mounts proc on /proc, or sysfs on /sys, where it is missing. */
int need_proc(void);
int need_sys(void);

/* Returns 0 and closes the descriptor again; returns -1 for no descriptor. */
int opened(int fd);

/*
 * Open a socket, or a pair of them, by the call of that name and, where a filter refuses it, by the
 * C library. On i386 that makes socketcall, whose arguments no filter sees.
 */
int open_socket(int family, int type, int protocol);
int open_pair(int family, int type, int *pair);

/* Reads the first piece of a file, or finds the first entry in a directory. */
int leaks(const char *path);

/* Writes to a file that exists. */
int overwrite(const char *path, const char *text);

/* As printf(3), into a text that is valid until the next call. */
const char *format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The roles of the caller, on the host. Each prepares something, then becomes the command that
 * follows, or starts it. They return an exit status.
 */
struct role {
    const char *name;
    int (*play)(char **command);
};
extern const struct role roles[];

/*
 * swapping CALL ONE OTHER COMMAND...: while a process of the command is in the system call CALL,
 * the paths ONE and OTHER of the host are exchanged.
 */
int swapping(char **command);

#endif
