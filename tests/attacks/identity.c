/* Rights and secrets that come with the caller, or that a program gains. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* 23: the session's keyring, which is no file, has keys for disks, mails and networks. */
static int session_keyring(void)
{
    char text[64];
    long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "attacks", 0);

    return key < 0 || syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) < 0 ? -1 : 0;
}

/* 31: a program with the setuid bit has its owner's rights, and root owns many. */
static int setuid_program(void)
{
    enum { ORDINARY = 1000 };

    if (setresuid(ORDINARY, ORDINARY, ORDINARY) < 0)
        return -1;
    execl("setuid", "setuid", "am_i_root", host.secret, "0", NULL);
    return -1;
}

/* What the setuid program does. */
static int am_i_root(void)
{
    return geteuid() == 0 ? 0 : stopped("no root");
}

/* 32: passwords and tokens are often in the caller's environment. */
static int environment(void)
{
    return getenv("ATTACKS_SECRET") ? 0 : stopped("unset");
}

static int holds_secret(const char *path)
{
    char text[1 << 16] = "";
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

    close(fd);
    return length > 0 && memmem(text, (size_t)length, "ATTACKS_SECRET", 14) ? 0 : -1;
}

/* 32: /proc/PID/environ shows what a program was started with, even if it clears its own. */
static int environment_of_others(void)
{
    glob_t found;

    if (need_proc() < 0)
        return -1;
    glob("/proc/[0-9]*/environ", 0, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (strtol(found.gl_pathv[i] + 6, NULL, 10) != getpid() &&
            holds_secret(found.gl_pathv[i]) == 0)
            return 0;
    return stopped("unset");
}

/* 37: a setuid program that root inside made, for an ordinary user of the host to run. */
static int setuid_in_layer(void)
{
    struct stat status;
    int from = open("/proc/self/exe", O_RDONLY), to = open("setuid", O_WRONLY | O_CREAT, 0755);

    if (from < 0)
        from = open("attack", O_RDONLY);
    if (fstat(from, &status) < 0 || sendfile(to, from, NULL, (size_t)status.st_size) < 0)
        return -1;
    close(to);
    return chmod("setuid", 04755);
}

/* 40: an inheritable set that is not empty comes back with the next file that has capabilities. */
static int inheritable(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2];

    if (syscall(SYS_capget, &header, sets) < 0)
        return -1;
    return sets[0].inheritable || sets[1].inheritable ? 0 : stopped("empty");
}

/* 40: the ambient set goes on to every program, even an ordinary user's. */
static int ambient(void)
{
    for (int capability = 0; capability < CAP_LAST_CAP; capability++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) > 0)
            return 0;
    return stopped("empty");
}

/* 40: the caller's further groups open files, and the container needs none of them. */
static int groups(void)
{
    gid_t all[64];
    int count = getgroups(64, all);

    for (int i = 0; i < count; i++)
        if (all[i] != getegid())
            return 0;
    return stopped("none");
}

/* 30: who has less than 0 is served before others, and a usual user may not go below. */
static int nice_value(void)
{
    errno = 0;
    return getpriority(PRIO_PROCESS, 0) < 0 && errno == 0 ? 0 : stopped("usual");
}

/* 30: the disk serves others only when a process of this class wants nothing. */
static int disk_class(void)
{
    enum { OF_PROCESS = 1, REAL_TIME = 1 };

    return syscall(SYS_ioprio_get, OF_PROCESS, 0) >> 13 == REAL_TIME ? 0 : stopped("usual");
}

/* 29: with -1000 the kernel kills nobody of the container at its memory limit. */
static int oom_score(void)
{
    char score[16] = "";

    if (need_proc() < 0)
        return -1;
    int file = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
    if (file < 0 || read(file, score, sizeof(score) - 1) < 0)
        return -1;
    return score[0] == '-' || write(file, "-1000", 5) == 5 ? 0 : -1;
}

/* 44: who knows where a program is in memory needs one error less to make it do other things. */
static int fixed_addresses(void)
{
    int own = personality(0xffffffff); /* asks only */

    if (own == -1)
        return -1;
    return own & ADDR_NO_RANDOMIZE ? 0 : stopped("random");
}

const struct attack identity_attacks[] = {
    {"session_keyring", session_keyring},
    {"setuid_program", setuid_program},
    {"am_i_root", am_i_root},
    {"environment", environment},
    {"environment_of_others", environment_of_others},
    {"setuid_in_layer", setuid_in_layer},
    {"inheritable", inheritable},
    {"ambient", ambient},
    {"groups", groups},
    {"nice_value", nice_value},
    {"disk_class", disk_class},
    {"oom_score", oom_score},
    {"fixed_addresses", fixed_addresses},
    {0},
};
