/*
 * full: what the tests of step05 share. They also show each hole in the step before it.
 */
#ifndef FULL_H
#define FULL_H

#include "harness.h"

/* An entry of a test array for root, and one for an ordinary user. */
#define AS_EACH(test) AS_ROOT(test), AS_USER(test)

/* The last words of a call that runs a script in the image. */
#define SHELL(script) fixture.image, "sh", "-c", script

/* The last step before step05 that this user can run: step04 needs a delegated cgroup. */
static inline const char *step_before(void)
{
    return fixture.as_user ? "step03" : "step04";
}

#endif
