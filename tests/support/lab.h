/*
 * lab: what a step test stands on: a folder of its own with copies of the programs and the image,
 * on a machine whose mounts it cannot harm, audited when the test is over.
 */
#ifndef LAB_H
#define LAB_H

#include <limits.h>
#include <stdbool.h>

enum { LAB_PATH = 256 };

extern struct lab {
    char dir[LAB_PATH];      /* all of it is in here                          */
    char programs[LAB_PATH]; /* step01, ...                                   */
    char image[LAB_PATH];    /* a copy of build/rootfs                        */
    char scratch[LAB_PATH];  /* TMPDIR of the programs; must be empty at the end */
    bool as_user;            /* the programs run as an ordinary user          */
    const char *step;        /* the program that an EVERY_STEP test is about  */
    void (*prepare)(void);   /* called in the child before it becomes a program; no checks in it: */
    /* it must _exit() when it fails                                      */
} lab;

/* An entry of a test array: the test as root, skipped for other callers; or as an ordinary user. */
#define AS_ROOT(test) LAB_ENTRY(test, false, NULL, " (root)")
#define AS_USER(test) LAB_ENTRY(test, true, NULL, " (user)")

/* Entries for a test about lab.step: as each program from there on, as each who may run it. */
#define EVERY_STEP(test)  STEP_AS_ROOT("step01", test), FROM_STEP02(test)
#define FROM_STEP02(test) STEP_AS_ROOT("step02", test), FROM_STEP03(test)
#define FROM_STEP03(test)                                                                          \
    STEP_AS_ROOT("step03", test), STEP_AS_USER("step03", test), STEP_AS_ROOT("step04", test),      \
        STEP_AS_ROOT("step05", test), STEP_AS_USER("step05", test)
#define STEP_AS_ROOT(step, test) LAB_ENTRY(test, false, step, " (" step ", root)")
#define STEP_AS_USER(step, test) LAB_ENTRY(test, true, step, " (" step ", user)")

#define LAB_ENTRY(test, as_user, step, suffix)                                                     \
    {                                                                                              \
#test suffix, lab_run, NULL, lab_end, &(struct lab_test)                                   \
        {                                                                                          \
            test, as_user, step                                                                    \
        }                                                                                          \
    }
struct lab_test {
    void (*test)(void **);
    bool as_user;
    const char *step;
};
void lab_run(void **state);
int lab_end(void **state);

/* Copies build/tests/steps/NAME, a static program, into the root of the image. */
void copy_probe(const char *name);

/* Removes what a program that was killed by SIGKILL could not: scratch, its mounts, cgroups. */
void remove_leftovers(void);

/* Skips the test where it needs user namespaces and this machine forbids them to its user. */
void need_user_namespaces(void);

/* The path of `name` in lab.dir, as path_in() of files.h gives it. */
const char *in_lab(const char *name);

#endif
