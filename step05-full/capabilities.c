#include "capabilities.h"

#include "report.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* clang-format would put each name on a line of its own. */
/* clang-format off */
/* Each is at the place of its number. Linux knows all of these since 5.9, and no others yet. */
static const char *const names[] = {
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
    "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
    "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
    "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
    "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
};
/* clang-format on */
enum { KNOWN = sizeof(names) / sizeof(*names), BITS = 64 /* of a set */ };

/* Enough to install packages and to serve a port below 1024. The others are for running a host. */
static const int defaults[] = {
    CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,  CAP_FSETID,           CAP_KILL,
    CAP_SETGID, CAP_SETUID,       CAP_SETFCAP, CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT,
};

static int parse(const char *text, uint64_t *chosen)
{
    const char *wanted = strncasecmp(text, "cap_", 4) == 0 ? text + 4 : text;

    if (strcasecmp(text, "all") == 0) {
        *chosen = UINT64_MAX;
        return 0;
    }
    for (int capability = 0; capability < KNOWN; capability++)
        if (strcasecmp(wanted, names[capability]) == 0) {
            *chosen |= UINT64_C(1) << capability;
            return 0;
        }
    errno = EINVAL;
    return report_errno("capability '%.40s' (wanted: a name of capabilities(7), or all)", text);
}

int capabilities_parse_add(const char *text, void *value)
{
    return parse(text, &((struct capabilities *)value)->added);
}

int capabilities_parse_drop(const char *text, void *value)
{
    return parse(text, &((struct capabilities *)value)->dropped);
}

/* "Drop all, add chown" keeps chown. "Add all, drop chown" and "add chown, drop chown" drop it. */
static uint64_t kept(const struct capabilities *c)
{
    uint64_t result = 0;

    for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
        result |= UINT64_C(1) << defaults[i];
    if (c->dropped == UINT64_MAX)
        return c->added;
    return (result | c->added) & ~c->dropped;
}

static bool has(uint64_t set, int capability)
{
    return set >> capability & 1;
}

enum { LIST = 2048 };

/* Appends the names of a set to list[LIST], each after this prefix. */
static void append_names(char *list, uint64_t set, const char *prefix)
{
    size_t length = strlen(list);

    for (int capability = 0; capability < KNOWN; capability++)
        if (has(set, capability))
            length +=
                (size_t)snprintf(list + length, LIST - length, "%s%s", prefix, names[capability]);
}

/* setpriv(1) takes a list such as "-all,+chown,+kill". */
static void explain_bound(uint64_t keep)
{
    char list[LIST] = "-all";

    append_names(list, keep, ",+");
    explain("setpriv", "--bounding-set", list, "--ambient-caps", "-all", "sh", NULL);
}

int capabilities_bound(const struct capabilities *c)
{
    uint64_t keep = kept(c);

    explain_bound(keep);
    for (int capability = 0; capability < BITS; capability++) {
        if (has(keep, capability) || prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0)
            continue;
        if (errno == EINVAL && capability >= KNOWN)
            break; /* the kernel has no more of them */
        return report_errno("drop capability %d from the bounding set", capability);
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        return report_errno("empty the ambient capabilities");
    return 0;
}

/* capsh(1) takes a list such as "cap_chown,cap_kill=ep"; "=" is the empty one. */
static void explain_set(uint64_t set)
{
    char list[LIST] = "", option[LIST + 32];

    append_names(list, set, ",cap_");
    snprintf(option, sizeof(option), "--caps=%s=%s", *list ? list + 1 : "", *list ? "ep" : "");
    explain("capsh", option, "--", NULL);
}

int capabilities_set(const struct capabilities *c)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct half[2]; /* the lower and the upper 32 bits of the sets */
    uint64_t keep = kept(c);

    /* We use syscall(2), since the C library has no functions for these calls. */
    if (syscall(SYS_capget, &header, half) < 0)
        return report_errno("read the capabilities");
    for (int i = 0; i < 2; i++) {
        half[i].permitted &= (uint32_t)(keep >> 32 * i);
        half[i].effective = half[i].permitted;
        half[i].inheritable = 0;
    }
    explain_set((uint64_t)half[1].permitted << 32 | half[0].permitted);
    if (syscall(SYS_capset, &header, half) < 0)
        return report_errno("set the capabilities");
    return 0;
}
