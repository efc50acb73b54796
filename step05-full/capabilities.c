#include "capabilities.h"

#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/capability.h>

/* What installing packages and serving a port below 1024 take; the rest is for running a host. */
static const cap_value_t kept[] = {
    CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,  CAP_FSETID,           CAP_KILL,
    CAP_SETGID, CAP_SETUID,       CAP_SETFCAP, CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT,
};

/* The same as setpriv(1) has it, for the trace. */
static const char as_setpriv[] = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,"
                                 "+setfcap,+net_bind_service,+sys_chroot";

enum { KEPT = sizeof(kept) / sizeof(*kept) };

static bool is_kept(cap_value_t capability)
{
    for (int i = 0; i < KEPT; i++)
        if (kept[i] == capability)
            return true;
    return false;
}

/* The bounding set caps what any later exec(2) may gain. */
static int limit_bounding_set(void)
{
    for (cap_value_t capability = 0; capability < cap_max_bits(); capability++)
        if (!is_kept(capability) && cap_drop_bound(capability) < 0)
            return report_errno("drop capability %d from the bounding set", capability);
    return 0;
}

int capabilities_limit(void)
{
    explain("setpriv", "--bounding-set", as_setpriv, "--inh-caps", "-all", NULL);
    if (limit_bounding_set() < 0)
        return -1;
    if (cap_reset_ambient() < 0)
        return report_errno("empty the ambient capabilities");

    cap_t state = cap_init(); /* all of its three sets are empty */
    int result = 0;
    if (!state || cap_set_flag(state, CAP_PERMITTED, KEPT, kept, CAP_SET) < 0 ||
        cap_set_flag(state, CAP_EFFECTIVE, KEPT, kept, CAP_SET) < 0 || cap_set_proc(state) < 0)
        result = report_errno("set the capabilities");
    cap_free(state);
    return result;
}
