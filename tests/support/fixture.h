/*
 * fixture: what a step test needs: a folder of its own with copies of the programs and of the
 * image, on a machine whose mounts it cannot harm. After the test it looks for what was left.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <limits.h>
#include <stdbool.h>

enum { FIXTURE_PATH = 256 };

extern struct fixture {
    char dir[FIXTURE_PATH];      /* all of it is in here                          */
    char programs[FIXTURE_PATH]; /* step01, ...                                   */
    char image[FIXTURE_PATH];    /* a copy of build/rootfs                        */
    char scratch[FIXTURE_PATH];  /* TMPDIR of the programs; must be empty at the end */
    bool as_user;                /* the programs run as an ordinary user          */
    const char *step;            /* the program that an EVERY_STEP test is about  */
    /*
     * Called in the child before it becomes a program. It makes no checks: if it fails, it exits.
     */
    void (*prepare)(void);
} fixture;

/* An entry of a test array: the test runs as root (else it is skipped), or as an ordinary user. */
#define AS_ROOT(test) FIXTURE_ENTRY(test, false, NULL, " (root)")
#define AS_USER(test) FIXTURE_ENTRY(test, true, NULL, " (user)")

/* For a test about fixture.step: it runs with each step from there on, for each user who may. */
#define EVERY_STEP(test)  STEP_AS_ROOT("step01", test), FROM_STEP02(test)
#define FROM_STEP02(test) STEP_AS_ROOT("step02", test), FROM_STEP03(test)
#define FROM_STEP03(test)                                                                          \
    STEP_AS_ROOT("step03", test), STEP_AS_USER("step03", test), STEP_AS_ROOT("step04", test),      \
        STEP_AS_ROOT("step05", test), STEP_AS_USER("step05", test)
#define STEP_AS_ROOT(step, test) FIXTURE_ENTRY(test, false, step, " (" step ", root)")
#define STEP_AS_USER(step, test) FIXTURE_ENTRY(test, true, step, " (" step ", user)")

#define FIXTURE_ENTRY(test, as_user, step, suffix)                                                 \
    {                                                                                              \
#test suffix, fixture_run, NULL, fixture_end, &(struct fixture_test)                       \
        {                                                                                          \
            test, as_user, step                                                                    \
        }                                                                                          \
    }
struct fixture_test {
    void (*test)(void **);
    bool as_user;
    const char *step;
};
void fixture_run(void **state);
int fixture_end(void **state);

/* Copies build/tests/steps/NAME, a static program, into the root of the image. */
void copy_probe(const char *name);

/* After SIGKILL, removes what the program could not: scratch, its mounts, its cgroups. */
void remove_leftovers(void);

/* Skips a test that needs user namespaces, where this machine forbids them to its user. */
void need_user_namespaces(void);

/*
 * Skips a test that lets step05 run the machine's own programs, where they are 64-bit and step05 is
 * not: its filter kills them.
 */
void need_programs_of_this_kind(void);

/* The path of `name` in fixture.dir, as path_in() of files.h gives it. */
const char *in_fixture(const char *name);

#endif
