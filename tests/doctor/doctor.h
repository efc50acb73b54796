/*
 * doctor: what this machine offers to the five steps, and how to get what it lacks.
 *
 * It does not guess where it can try: it calls the steps' own modules, in a child with namespaces
 * of its own, in a folder and a cgroup that it removes again. What it learns is true for the user,
 * the TMPDIR and the cgroup that it is called with. Each check fills in a result; main.c has the
 * table of them. (A controller that it enables in v2 on the way stays enabled, as after step04.)
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum doctor_state {
    DOCTOR_NOT_TRIED, /* the check is not about this user                           */
    DOCTOR_OK,
    DOCTOR_NOTE, /* worth knowing, but no step depends on it                   */
    DOCTOR_LACK, /* the steps of the check do not run                          */
};

struct doctor_result {
    enum doctor_state state;
    char found[320];
    char cure[320]; /* a command, or empty */
};

/* Where a check looks, on behalf of whom, and what later checks learn from earlier ones. */
struct doctor_machine {
    const char *root;    /* of /proc, /etc, ...: "", but for the tests                  */
    const char *user;    /* the name of the ordinary user, or "root"                    */
    uid_t uid;           /* their number                                                */
    char work[PATH_MAX]; /* a folder to try things in; empty when none could be made   */
    bool userns;         /* user namespaces work                                        */
    const char *engine;  /* "docker" or "podman" inside a container of theirs, or NULL  */
};

/* The two on whose behalf the checks are made. */
enum doctor_who { DOCTOR_ROOT, DOCTOR_USER };

enum { DOCTOR_STEPS = 5 };
#define DOCTOR_STEP(number) (1U << (number)) /* a set of steps is the sum of theirs */
#define DOCTOR_STEP_ALL                                                                            \
    (DOCTOR_STEP(1) + DOCTOR_STEP(2) + DOCTOR_STEP(3) + DOCTOR_STEP(4) + DOCTOR_STEP(5))

struct doctor_check {
    const char *code; /* stable, for scripts                                          */
    bool for_root, for_user;
    unsigned steps; /* which need it                                                */
    void (*examine)(struct doctor_machine *m, struct doctor_result *r);
};

/* All that is found: the results of check i as found for root and for the user. */
struct doctor_findings {
    const struct doctor_check *checks;
    size_t count;
    struct doctor_result (*results)[2];
    bool tried[2];    /* whether the checks were made for root, for the user */
    const char *user; /* the user's name                                     */
};

/* result.c: what a check says. */
void doctor_conclude(struct doctor_result *r, enum doctor_state state, const char *found, ...)
    __attribute__((format(printf, 3, 4)));
void doctor_cure(struct doctor_result *r, const char *command, ...)
    __attribute__((format(printf, 2, 3)));

/* The cure where nothing else helps: more rights for the container, or a machine of one's own. */
void doctor_cure_elsewhere(const struct doctor_machine *m, struct doctor_result *r);

/* Reads the start of the file m->root + path into text[size]. Returns whether there is one. */
bool doctor_read(const struct doctor_machine *m, const char *path, char *text, size_t size);

/* Tells whether a text has a word, between blanks. */
bool doctor_has_word(const char *text, const char *word);

/* person.c: on whose behalf. */
struct doctor_person {
    char name[64];
    uid_t uid;
    gid_t gid;
};

/* The user of that number, by root + /etc/passwd, or nameless with that group. */
void doctor_person_by_uid(struct doctor_person *p, const char *root, uid_t uid, gid_t gid);

/* Who called sudo, or the first ordinary user of the machine, or nobody. */
void doctor_person_ordinary(struct doctor_person *p, const char *root);

/* Takes that user's rights, for good. Returns 0, or -1 after a report. */
int doctor_person_become(const struct doctor_person *p);

/* try.c: an attempt returns 0, or another value after a report on stderr. */
/* Makes one in a child that is ended after a time. Returns whether it succeeded; if not, `found`
 * is the report. */
bool doctor_try_apart(int (*attempt)(void *), void *arg, struct doctor_result *r);

/* The same in this process, for an attempt whose outcome depends on who else there is. */
bool doctor_try_here(int (*attempt)(void *), void *arg, struct doctor_result *r);

/* inside.c: an attempt by root inside new namespaces, as step03 makes them. */
struct doctor_inside {
    const struct doctor_machine *m;
    int (*attempt)(void *); /* called with a pointer to this struct */
};
bool doctor_try_inside(struct doctor_machine *m, int (*attempt)(void *), struct doctor_result *r);

/* print.c */
unsigned doctor_steps_that_run(const struct doctor_findings *f, enum doctor_who who);
void doctor_print_text(FILE *out, const struct doctor_findings *f);
void doctor_print_json(FILE *out, const struct doctor_findings *f);
void doctor_print_json_string(FILE *out, const char *text);

/* kernel.c: the kernel, and who stands between it and us. */
void doctor_check_kernel_version(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_architecture(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_wsl(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_nested(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_clone3(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_close_range(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_mount_api(struct doctor_machine *m, struct doctor_result *r);

/* users.c: what a user is allowed. */
void doctor_check_userns_sysctl(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_apparmor_userns(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_subuid(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_newuidmap(struct doctor_machine *m, struct doctor_result *r);

/* inside.c: other namespaces and what is mounted in them. */
void doctor_check_chroot(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_userns(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_cgroup_namespace(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_proc_mount(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_sysfs_mount(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_devices(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_pivot_root(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_seccomp(struct doctor_machine *m, struct doctor_result *r);

/* mounts.c: layers, and the folder that they are in. */
void doctor_check_scratch(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_scratch_overlay(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_overlay_root(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_overlay_user(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_idmapped_mounts(struct doctor_machine *m, struct doctor_result *r);

/* cgroups.c */
void doctor_check_cgroup_layout(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_cgroup_memory(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_cgroup_cpu(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_cgroup_pids(struct doctor_machine *m, struct doctor_result *r);

/* lab.c: the virtual machine. */
void doctor_check_qemu(struct doctor_machine *m, struct doctor_result *r);
void doctor_check_kvm(struct doctor_machine *m, struct doctor_result *r);

#endif
