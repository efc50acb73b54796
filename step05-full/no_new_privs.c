#include "no_new_privs.h"

#include "report.h"

#include <stddef.h>
#include <sys/prctl.h>

int no_new_privs_set(void)
{
    explain("setpriv", "--no-new-privs", "sh", NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return report_errno("prctl PR_SET_NO_NEW_PRIVS");
    return 0;
}
