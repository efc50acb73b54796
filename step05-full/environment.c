#include "environment.h"

#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int environment_parse(const char *text, void *value)
{
    size_t name = strcspn(text, "=");

    if (name == 0 || !text[name] || isdigit((unsigned char)*text)) {
        errno = EINVAL;
        return report_errno("env '%.80s' (wanted: NAME=VALUE)", text);
    }
    return cli_list_append(text, value);
}

static void explain_all(void)
{
    explain_comment("a new environment; only TERM comes from the caller");
    for (char **variable = environ; *variable; variable++)
        explain("export", *variable, NULL);
}

int environment_add(const struct cli_list *variables)
{
    for (int i = 0; i < variables->count; i++)
        /* putenv(3) keeps a pointer to the text. The text is an argument of main(), so it stays. */
        if (putenv((char *)variables->items[i]) != 0)
            return report_errno("set %s", variables->items[i]);
    explain_all();
    return 0;
}
