/*
 * floor: what the kernel itself must do for a container of each step.
 *
 * It makes the same kernel objects as step05 and the steps before it, each by the cheapest calls
 * that we know, and looks at nothing twice. It has no options, no messages and no hints, and it
 * trusts the image. So its time is a bound below: a step can come near it, and what is above it is
 * our own work.
 *
 * Left out, since no guard needs it: a second step's start of the command by PATH, the sweep of old
 * folders, the lock and the records in the folder, and settings that are the kernel's own defaults
 * (cpu.shares 1024, a period of 100000). For an ordinary user it maps the own id alone.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum { FLOOR_FAILED = 125, FLOOR_GROUPS = 3, FLOOR_FIRST_ID = 0x70000000, FLOOR_IDS = 65536 };

struct floor {
    int step;
    const char *image;
    char **command;
    bool root;
    char name[32];
    char folder[PATH_MAX]; /* NAME in TMPDIR or /tmp                                    */
    int gate[2];           /* the launcher's end, and the child's                       */
    int lower;             /* the mount of the image with other ids; -1: none           */
    char groups[FLOOR_GROUPS][PATH_MAX];
    int group_count; /* 3 on cgroup v1, 1 on v2, 0 where nothing is delegated     */
    int group;       /* v2: clone3(2) starts the child in this one; -1: none      */
};

/* Ends the program when a call has failed: what does less than a container measures nothing. */
void floor_must(long result, const char *act);

/* floor_files.c */
void floor_write(const char *path, const char *text);
void floor_make_folder(struct floor *f);
void floor_remove_folder(const struct floor *f);
void floor_mount_layers(const struct floor *f, const char *options);

/* floor_cgroups.c: make them with their limits, put a process in (v1), remove them. */
void floor_make_cgroups(struct floor *f);
void floor_add_to_cgroups(const struct floor *f, pid_t child);
void floor_remove_cgroups(const struct floor *f);

/* floor_launch.c: the host's side. floor_seal() returns when this is the second start. */
void floor_seal(char **argv);
int floor_launch(struct floor *f, void (*enter)(struct floor *));

/* floor_enter.c: the child's side, up to its command. */
void floor_enter_chroot(struct floor *f);     /* step 1 */
void floor_enter_layers(struct floor *f);     /* step 2 */
void floor_enter_namespaces(struct floor *f); /* steps 3 and 4 */
void floor_enter_full(struct floor *f);       /* step 5 */

/* floor_mounts.c: step 5's storage, and what is mounted over its root. */
void floor_change_root(const struct floor *f);

/* floor_rights.c: step 5's limits, capabilities and filters. */
void floor_give_up_rights(const struct floor *f);

#endif
