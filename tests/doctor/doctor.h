/*
 * doctor: what this machine offers to the five steps, and how to get what it lacks.
 *
 * It does not guess where it can try: it calls the steps' own modules, in a child with namespaces
 * of its own, in a folder and a cgroup that it removes again. What it learns is true for the user,
 * the TMPDIR and the cgroup that it is called with. Each check fills in a result; doctor.c has the
 * table of them. (A controller that it enables in v2 on the way stays enabled, as after step04.)
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum state {
    NOT_TRIED, /* the check is not about this user                           */
    OK,
    NOTE, /* worth knowing, but no step depends on it                   */
    LACK, /* the steps of the check do not run                          */
};

struct result {
    enum state state;
    char found[320];
    char cure[320]; /* a command, or empty */
};

/* Where a check looks, on behalf of whom, and what later checks learn from earlier ones. */
struct machine {
    const char *root;    /* of /proc, /etc, ...: "", but for the tests                  */
    const char *user;    /* the name of the ordinary user, or "root"                    */
    uid_t uid;           /* their number                                                */
    char work[PATH_MAX]; /* a folder to try things in; empty when none could be made   */
    bool userns;         /* user namespaces work                                        */
    const char *engine;  /* "docker" or "podman" inside a container of theirs, or NULL  */
};

/* The two on whose behalf the checks are made. */
enum who { ROOT, USER };

enum { STEPS = 5 };
#define STEP(number) (1U << (number)) /* a set of steps is the sum of theirs */
#define STEP_ALL     (STEP(1) + STEP(2) + STEP(3) + STEP(4) + STEP(5))

struct check {
    const char *code; /* stable, for scripts                                          */
    bool for_root, for_user;
    unsigned steps; /* which need it                                                */
    void (*examine)(struct machine *m, struct result *r);
};

/* All that is found: the results of check i as found for root and for the user. */
struct findings {
    const struct check *checks;
    size_t count;
    struct result (*results)[2];
    bool tried[2];    /* whether the checks were made for root, for the user */
    const char *user; /* the user's name                                     */
};

/* doctor_result.c: what a check says. */
void conclude(struct result *r, enum state state, const char *found, ...)
    __attribute__((format(printf, 3, 4)));
void cure(struct result *r, const char *command, ...) __attribute__((format(printf, 2, 3)));

/* The cure where nothing else helps: more rights for the container, or a machine of one's own. */
void cure_elsewhere(const struct machine *m, struct result *r);

/* Reads the start of the file m->root + path into text[size]. Returns whether there is one. */
bool read_fact(const struct machine *m, const char *path, char *text, size_t size);

/* Tells whether a text has a word, between blanks. */
bool has_word(const char *text, const char *word);

/* Where PATH finds a program. Returns whether it does. */
bool find_program(const char *name, char *path, size_t size);

/* doctor_person.c: on whose behalf. */
struct person {
    char name[64];
    uid_t uid;
    gid_t gid;
};

/* The user of that number, by root + /etc/passwd, or nameless with that group. */
void person_by_uid(struct person *p, const char *root, uid_t uid, gid_t gid);

/* Who called sudo, or the first ordinary user of the machine, or nobody. */
void person_ordinary(struct person *p, const char *root);

/* Takes that user's rights, for good. Returns 0, or -1 after a report. */
int person_become(const struct person *p);

/* doctor_try.c: an attempt returns 0, or another value after a report on stderr. */
/* Makes one in a child that is ended after a time. Returns whether it succeeded; if not, `found`
 * is the report. */
bool try_apart(int (*attempt)(void *), void *arg, struct result *r);

/* The same in this process, for an attempt whose outcome depends on who else there is. */
bool try_here(int (*attempt)(void *), void *arg, struct result *r);

/* doctor_namespaces.c: an attempt by root inside new namespaces, as step03 makes them. */
struct inside {
    const struct machine *m;
    int (*attempt)(void *); /* called with a pointer to this struct */
};
bool try_inside(struct machine *m, int (*attempt)(void *), struct result *r);

/* doctor_print.c */
unsigned steps_that_run(const struct findings *f, enum who who);
void print_text(FILE *out, const struct findings *f);
void print_json(FILE *out, const struct findings *f);
void print_json_string(FILE *out, const char *text);

/* doctor_kernel.c: the kernel, and who stands between it and us. */
void check_kernel_version(struct machine *m, struct result *r);
void check_architecture(struct machine *m, struct result *r);
void check_wsl(struct machine *m, struct result *r);
void check_nested(struct machine *m, struct result *r);
void check_clone3(struct machine *m, struct result *r);
void check_close_range(struct machine *m, struct result *r);
void check_mount_api(struct machine *m, struct result *r);

/* doctor_users.c: what a user is allowed. */
void check_userns_sysctl(struct machine *m, struct result *r);
void check_apparmor_userns(struct machine *m, struct result *r);
void check_subuid(struct machine *m, struct result *r);
void check_newuidmap(struct machine *m, struct result *r);

/* doctor_namespaces.c: other namespaces and what is mounted in them. */
void check_chroot(struct machine *m, struct result *r);
void check_userns(struct machine *m, struct result *r);
void check_cgroup_namespace(struct machine *m, struct result *r);
void check_proc_mount(struct machine *m, struct result *r);
void check_sysfs_mount(struct machine *m, struct result *r);
void check_devices(struct machine *m, struct result *r);
void check_pivot_root(struct machine *m, struct result *r);
void check_seccomp(struct machine *m, struct result *r);

/* doctor_mounts.c: layers, and the folder that they are in. */
void check_scratch(struct machine *m, struct result *r);
void check_scratch_overlay(struct machine *m, struct result *r);
void check_overlay_root(struct machine *m, struct result *r);
void check_overlay_user(struct machine *m, struct result *r);
void check_idmapped_mounts(struct machine *m, struct result *r);

/* doctor_cgroups.c */
void check_cgroup_layout(struct machine *m, struct result *r);
void check_cgroup_memory(struct machine *m, struct result *r);
void check_cgroup_cpu(struct machine *m, struct result *r);
void check_cgroup_pids(struct machine *m, struct result *r);

/* doctor_lab.c: the virtual machine. */
void check_qemu(struct machine *m, struct result *r);
void check_kvm(struct machine *m, struct result *r);

#endif
