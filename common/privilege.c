#include "privilege.h"

#include "report.h"

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

int privilege_check(void)
{
    if (!getauxval(AT_SECURE))
        return 0;
    errno = EPERM;
    report_errno("run with rights that the caller does not have");
    report_hint("this file is setuid, setgid or has capabilities, and is not safe so: "
                "chmod ug-s FILE; setcap -r FILE (or a security module changes its rights)");
    return -1;
}

static const struct {
    int capability;
    const char *name;
} names[] = {
    {CAP_CHOWN, "CAP_CHOWN"},           {CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
    {CAP_FOWNER, "CAP_FOWNER"},         {CAP_SETUID, "CAP_SETUID"},
    {CAP_SETGID, "CAP_SETGID"},         {CAP_SETFCAP, "CAP_SETFCAP"},
    {CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},   {CAP_SYS_CHROOT, "CAP_SYS_CHROOT"},
    {CAP_SYS_PTRACE, "CAP_SYS_PTRACE"},
};

const char *privilege_name(int capability)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (names[i].capability == capability)
            return names[i].name;
    return "a capability";
}

bool privilege_lacks(int capability)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    unsigned word = CAP_TO_INDEX((unsigned)capability);

    return geteuid() == 0 && syscall(SYS_capget, &header, data) == 0 &&
           !(data[word].effective & CAP_TO_MASK((unsigned)capability));
}

int privilege_need(const int *capabilities, size_t count, const char *purpose)
{
    for (size_t i = 0; i < count; i++)
        if (privilege_lacks(capabilities[i])) {
            errno = EPERM;
            return report_errno("root lacks %s here, %s", privilege_name(capabilities[i]), purpose);
        }
    return 0;
}

bool privilege_hint(int capability)
{
    int error = errno;
    bool lacks = privilege_lacks(capability);

    if (lacks)
        report_hint("root lacks %s here: a container, a unit of systemd or capsh has taken it",
                    privilege_name(capability));
    errno = error;
    return lacks;
}
