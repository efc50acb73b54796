/*
 * cgroups: those of a container, as the host sees them, found on the disk by the container's name.
 */
#ifndef CGROUPS_H
#define CGROUPS_H

#include <stdbool.h>
#include <sys/types.h>

/* A name that no other container of this machine has; its cgroups are the ones found below. */
const char *container_name(void);

/* How many cgroups of that name there are, in all hierarchies; a cgroup is a folder. */
int count_cgroups(const char *name);

/* The container's cgroup with that limit; the test fails if there is none. */
const char *memory_cgroup(void);
const char *cpu_cgroup(void);
const char *pids_cgroup(void);

/* Tells whether a cgroup is one of v2; whether a controller of this machine is in v2. */
bool is_v2(const char *cgroup);
bool is_in_v2(const char *controller);

/* Tells whether a process is in a cgroup. */
bool is_in(const char *cgroup, pid_t pid);

/* The test fails unless this is all that a file of a cgroup holds. */
void assert_setting(const char *cgroup, const char *file, const char *value);

/* The number after the word `key` in a file of a cgroup with such lines. */
long long counter(const char *cgroup, const char *file, const char *key);

/*
 * Makes a cgroup where root's containers have theirs, for a test to put a program in it: as
 * fixture.prepare, enter_outer_cgroup() does so. The test removes it in the end.
 */
const char *make_outer_cgroup(void);
void enter_outer_cgroup(void);
void remove_outer_cgroup(void);

#endif
