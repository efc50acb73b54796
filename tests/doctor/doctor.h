/*
 * doctor: what this machine offers to the five steps, and how to get what it lacks.
 *
 * Where it can try, it does not guess. It calls the steps' own modules in a child with namespaces
 * of its own, in a folder and a cgroup that it removes again. The answers are true for the user,
 * the TMPDIR and the cgroup that it is called with. Each check fills in a result; the table of
 * checks is in checks.c. (A controller that it enables in v2 stays enabled, as after step04.)
 */
#ifndef DOCTOR_H
#define DOCTOR_H

/* What most of the doctor's files use. They need not include these again. */
/* IWYU pragma: begin_exports */
#include "file.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* IWYU pragma: end_exports */

enum doctor_state {
    DOCTOR_NOT_TRIED, /* the check is not about this user */
    DOCTOR_OK,
    DOCTOR_NOTE, /* worth knowing, but no step depends on it */
    DOCTOR_LACK, /* the steps of the check do not run */
};

struct doctor_result {
    enum doctor_state state;
    char found[320], cure[320]; /* the cure is a command, or empty */
};

/* Where a check looks, for which user, and what later checks use of earlier ones. */
struct doctor_machine {
    const char *root;                 /* the folder of /proc, /etc, ...: "", except in tests    */
    char user[64];                    /* the name of the ordinary user, or "root"               */
    uid_t uid;                        /* their number                                           */
    gid_t gid;                        /* and group                                              */
    const struct doctor_check *check; /* the one that is being made                             */
    char work[PATH_MAX];              /* a folder to try things in; empty when there is none    */
    char image[PATH_MAX];             /* an empty folder in it                                  */
    bool on_overlay;                  /* the folder is on an overlay                            */
    bool userns;                      /* user namespaces work                                   */
    bool nested;                      /* a container is around this system                      */
    const char *engine;               /* "docker" or "podman" in a container of theirs, or NULL */
};

/* A check fills in the result, which is empty before, and returns its state. */
typedef enum doctor_state doctor_examine(struct doctor_machine *m, struct doctor_result *r);

enum doctor_who { DOCTOR_ROOT, DOCTOR_USER, DOCTOR_BOTH };

#define DOCTOR_STEPS "12345" /* a set of steps is a text with their digits */

struct doctor_check {
    const char *code;  /* stable, for scripts */
    const char *steps; /* which need it       */
    enum doctor_who about;
    doctor_examine *examine;
    /* What it needs of earlier checks: one of these, with all that stand before it. */
    enum { DOCTOR_NOTHING, DOCTOR_SCRATCH, DOCTOR_USERNS, DOCTOR_LAYERS } needs;
    /* An attempt is made in this process's namespaces; as root in new ones, as step03 makes them;
     * there, after the empty image has become /, so that a module mounts as in a container; or
     * outside of them, where they wait. */
    enum { DOCTOR_HERE, DOCTOR_INSIDE, DOCTOR_IN_IMAGE, DOCTOR_OUTSIDE } where;
    int (*act)(void);
    const char *works;              /* what its success shows; %s is the folder of containers */
    struct doctor_result result[2]; /* for root, and for the user */
};

/* checks.c: the table, which ends with a check without a code. What it offers is tried by doing. */
extern struct doctor_check doctor_checks[];

/* result.c: what a check says: a conclusion of one kind, and a cure. They return its state. */
#define doctor_ok(r, ...)              doctor_conclude(r, DOCTOR_OK, __VA_ARGS__)
#define doctor_note(r, ...)            doctor_conclude(r, DOCTOR_NOTE, __VA_ARGS__)
#define doctor_lack(r, ...)            doctor_conclude(r, DOCTOR_LACK, __VA_ARGS__)
#define doctor_conclude(r, state, ...) doctor_say(r, state, (r)->found, __VA_ARGS__)
#define doctor_cure(r, ...)            doctor_say(r, (r)->state, (r)->cure, __VA_ARGS__)
enum doctor_state doctor_say(struct doctor_result *r, enum doctor_state state, char *text,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Makes a check, or notes that what it needs is missing. A lack with no cure of its own gets the
 * last one: the rights that the container around must give, or a virtual machine. */
void doctor_make_check(const struct doctor_check *check, struct doctor_machine *m,
                       struct doctor_result *r);

/* Makes an attempt, which returns 0, or another value after a report on stderr. Returns whether it
 * succeeded. A failure is a lack, and its report becomes `found`. It is made apart, in a child that
 * is killed after some seconds, or by this process itself where it must be. */
enum doctor_process { DOCTOR_ITSELF, DOCTOR_APART };
bool doctor_try(enum doctor_process who, int (*attempt)(void *), void *arg,
                struct doctor_result *r);

/* Return the path of a file of the machine, m->root + name; and its text, cut after 8 KB, or "" if
 * it cannot be read. The next call overwrites it. */
const char *doctor_path(const struct doctor_machine *m, const char *name);
const char *doctor_read(const struct doctor_machine *m, const char *name);

/* person.c: the user of the checks. Finds the one with that number in /etc/passwd, or else takes
 * the number as the name, and that group. */
void doctor_person_by_uid(struct doctor_machine *m, uid_t uid, gid_t gid);
/* Finds the one who called sudo, or the first ordinary user, or nobody. */
void doctor_person_ordinary(struct doctor_machine *m);
/* Takes the rights of that user, for good. Returns 0, or -1 after a report. */
int doctor_person_become(const struct doctor_machine *m);

/* print.c: the steps that have no lack, as a text that the next call overwrites. */
const char *doctor_steps_that_run(const struct doctor_check *checks, enum doctor_who who);
void doctor_print_text(FILE *out, const struct doctor_check *checks, const char *user);
void doctor_print_json(FILE *out, const struct doctor_check *checks, const char *user);
void doctor_print_json_string(FILE *out, const char *text);

/* kernel.c: the kernel; a container or Windows around this system; what can run another kernel. */
doctor_examine doctor_check_kernel_version, doctor_check_architecture, doctor_check_wsl,
    doctor_check_nested, doctor_check_call, doctor_check_mount_api, doctor_check_qemu,
    doctor_check_kvm;

/* users.c: what a user is allowed; the folder for layers, and a cure that names another one. */
doctor_examine doctor_check_userns_sysctl, doctor_check_apparmor_userns, doctor_check_subuid,
    doctor_check_newuidmap, doctor_check_scratch, doctor_check_scratch_overlay;
enum doctor_state doctor_cure_scratch(struct doctor_result *r);

/* cgroups.c: where the controllers are; whether the one in the check's code can limit something. */
doctor_examine doctor_check_cgroup_layout, doctor_check_controller;

#endif
