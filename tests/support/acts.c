#include "acts.h"

#include "check.h"

#include <linux/mount.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char acts[1 << 13];
int acts_count;
static int refused, refusal;

void acts_begin(int number, int error)
{
    *acts = '\0';
    acts_count = 0;
    refused = number;
    refusal = error;
}

int act(const char *format, ...)
{
    size_t length = strlen(acts);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(acts + length, sizeof(acts) - length - 1, format, arguments);
    va_end(arguments);
    strcat(acts, "\n");
    return refuse(++acts_count == refused ? refusal : 0);
}

const char *acts_last(void)
{
    const char *last = acts;

    for (const char *newline; (newline = strchr(last, '\n')) && newline[1];)
        last = newline + 1;
    return last;
}

const char *attribute_names(unsigned attributes)
{
    static char names[64];

    snprintf(names, sizeof(names), "%s%s%s%s", attributes & MOUNT_ATTR_RDONLY ? ",ro" : "",
             attributes & MOUNT_ATTR_NOSUID ? ",nosuid" : "",
             attributes & MOUNT_ATTR_NODEV ? ",nodev" : "",
             attributes & MOUNT_ATTR_NOEXEC ? ",noexec" : "");
    return *names ? names + 1 : "-";
}
