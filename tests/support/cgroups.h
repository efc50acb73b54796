/*
 * cgroups: a container's cgroups, as the host sees them. The container's name leads to them.
 */
#ifndef CGROUPS_H
#define CGROUPS_H

#include <stdbool.h>
#include <sys/types.h>

/* A name that no other container of this machine has. The functions below find its cgroups. */
const char *container_name(void);

/* How many cgroups of that name there are, in all hierarchies; a cgroup is a folder. */
int count_cgroups(const char *name);

/* The container's cgroup that has this limit; the test fails if there is none. */
const char *memory_cgroup(void);
const char *cpu_cgroup(void);
const char *pids_cgroup(void);

/* Tells whether a cgroup is one of v2; whether a controller of this machine is in v2. */
bool is_v2(const char *cgroup);
bool is_in_v2(const char *controller);

/* Tells whether a process is in a cgroup. */
bool is_in(const char *cgroup, pid_t pid);

/* Fails the test unless a file of a cgroup holds this value, and nothing else. */
void assert_setting(const char *cgroup, const char *file, const char *value);

/* The number after the word `key`, in a cgroup's file that has a line "KEY NUMBER" for each. */
long long counter(const char *cgroup, const char *file, const char *key);

/*
 * Makes a cgroup beside those of root's containers. A test puts a program into it by
 * enter_outer_cgroup(), as fixture.prepare, and removes it at the end.
 */
const char *make_outer_cgroup(void);
void enter_outer_cgroup(void);
void remove_outer_cgroup(void);

#endif
