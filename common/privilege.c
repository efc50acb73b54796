#include "privilege.h"

#include "report.h"

#include <errno.h>
#include <sys/auxv.h>

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
