#include "capabilities.h"

#include "report.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>
#include <sys/prctl.h>

/* The sets have so many bits. The kernel knows all up to CAP_CHECKPOINT_RESTORE since Linux 5.9. */
enum { BITS = 64, SURELY_KNOWN = 40 };

/* Enough to install packages and to serve a port below 1024. The others are for running a host. */
static const cap_value_t defaults[] = {
    CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,  CAP_FSETID,           CAP_KILL,
    CAP_SETGID, CAP_SETUID,       CAP_SETFCAP, CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT,
};

static int parse(const char *text, uint64_t *chosen)
{
    char name[64];
    cap_value_t capability;

    if (strcasecmp(text, "all") == 0) {
        *chosen = UINT64_MAX;
        return 0;
    }
    /* cap_from_name(3) reads only up to a comma, and would accept a list. */
    bool one_word =
        text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")] == '\0';
    snprintf(name, sizeof(name), "%s%s", strncasecmp(text, "cap_", 4) == 0 ? "" : "cap_", text);
    if (one_word && cap_from_name(name, &capability) == 0) {
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

/* A name wins over "all": "drop all, add chown" keeps chown, "add all, drop chown" drops it. */
static uint64_t kept(const struct capabilities *c)
{
    uint64_t result = 0;

    for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
        result |= UINT64_C(1) << defaults[i];
    if (c->dropped == UINT64_MAX)
        return c->added;
    return (result | c->added) & ~c->dropped;
}

static bool has(uint64_t set, cap_value_t capability)
{
    return set >> capability & 1;
}

/* setpriv(1) takes a list such as "-all,+chown,+kill". */
static void explain_bound(uint64_t keep)
{
    char list[2048] = "-all";
    size_t length = strlen(list);

    for (cap_value_t capability = 0; capability < cap_max_bits(); capability++) {
        char *name = has(keep, capability) ? cap_to_name(capability) : NULL;

        /* The library calls a capability that is newer than itself by its number alone. */
        if (name)
            length += (size_t)snprintf(list + length, sizeof(list) - length, ",+%s",
                                       strncmp(name, "cap_", 4) == 0 ? name + 4 : name);
        cap_free(name);
    }
    explain("setpriv", "--bounding-set", list, "--ambient-caps", "-all", "sh", NULL);
}

int capabilities_bound(const struct capabilities *c)
{
    uint64_t keep = kept(c);

    explain_bound(keep);
    /* Not up to cap_max_bits(): the library asks the kernel, and takes an error for the end. Nor by
     * cap_drop_bound(): in libcap 2.44 it makes EPERM of each error. */
    for (cap_value_t capability = 0; capability < BITS; capability++) {
        if (has(keep, capability) || prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0)
            continue;
        if (errno != EINVAL || capability <= SURELY_KNOWN)
            return report_errno("drop capability %d from the bounding set", capability);
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        return report_errno("empty the ambient capabilities");
    return 0;
}

static int fill(cap_t state, cap_t had, uint64_t keep)
{
    cap_flag_value_t value;

    for (cap_value_t capability = 0; capability < BITS; capability++) {
        if (cap_get_flag(had, capability, CAP_PERMITTED, &value) < 0)
            return -1;
        if (value != CAP_SET || !has(keep, capability))
            continue;
        if (cap_set_flag(state, CAP_PERMITTED, 1, &capability, CAP_SET) < 0 ||
            cap_set_flag(state, CAP_EFFECTIVE, 1, &capability, CAP_SET) < 0)
            return -1;
    }
    return 0;
}

static int set(cap_t state)
{
    char *text = cap_to_text(state, NULL);

    if (text) {
        char option[2048];

        snprintf(option, sizeof(option), "--caps=%s", text);
        explain("capsh", option, "--", NULL);
    }
    cap_free(text);
    return cap_set_proc(state);
}

int capabilities_set(const struct capabilities *c)
{
    cap_t had = cap_get_proc();
    cap_t state = cap_init(); /* all of its sets are empty */
    int result = 0;

    if (!had || !state || fill(state, had, kept(c)) < 0 || set(state) < 0)
        result = report_errno("set the capabilities");
    cap_free(had);
    cap_free(state);
    return result;
}
