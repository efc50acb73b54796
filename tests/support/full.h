/*
 * full: what the tests of step05 share. They also show each hole in the step before it.
 */
#ifndef FULL_H
#define FULL_H

#include "harness.h"

#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

/* An entry of a test array for root, and one for an ordinary user. */
#define AS_EACH(test) AS_ROOT(test), AS_USER(test)

/* The last words of a call that runs a script in the image. */
#define SHELL(script) fixture.image, "sh", "-c", script

/* The last step before step05 that this user can run: step04 needs a delegated cgroup. */
static inline const char *step_before(void)
{
    return fixture.as_user ? "step03" : "step04";
}

/* Sets /etc/subuid and /etc/subgid to this text, for this test only. */
static inline void grant(const char *text)
{
    if (geteuid() != 0)
        check_skip("needs root, to grant ids to its user: sudo make test");
    if (!exists("/usr/bin/newuidmap") || !exists("/etc/subuid") || !exists("/etc/subgid"))
        check_skip("needs newuidmap and /etc/subuid");
    write_file(in_fixture("granted"), text);
    assert_int_equal(mount(in_fixture("granted"), "/etc/subuid", NULL, MS_BIND, NULL), 0);
    assert_int_equal(mount(in_fixture("granted"), "/etc/subgid", NULL, MS_BIND, NULL), 0);
}

static inline void end_grant(void)
{
    umount2("/etc/subuid", MNT_DETACH);
    umount2("/etc/subgid", MNT_DETACH);
}

static inline void grant_to_user(void)
{
    char text[64];

    snprintf(text, sizeof(text), "%u:400000:65536\n", ordinary_uid());
    grant(text);
}

#endif
