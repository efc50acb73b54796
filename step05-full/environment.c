#include "environment.h"

#include "command.h"
#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A copy, since command_environment() wipes the caller's. It stays as long as the program. */
static int take_callers(const char *name, struct cli_list *list)
{
    const char *value = getenv(name);
    char *variable;

    if (!value)
        return 0;
    if (asprintf(&variable, "%s=%s", name, value) < 0)
        return report_errno("copy the variable %.80s", name);
    if (cli_list_append(variable, list) == 0)
        return 0;
    free(variable);
    return -1;
}

int environment_parse(const char *text, void *value)
{
    size_t name = strcspn(text, "=");

    if (name == 0) {
        errno = EINVAL;
        return report_errno("env '%.80s' (wanted: NAME=VALUE, or NAME, which takes the caller's)",
                            text);
    }
    return text[name] ? cli_list_append(text, value) : take_callers(text, value);
}

int environment_begin(const char *name, const struct cli_list *variables)
{
    explain_comment("a new environment; of the caller only TERM, and what --env names");
    if (command_environment(name) < 0)
        return -1;
    for (int i = 0; i < variables->count; i++) {
        explain("export", variables->items[i], NULL);
        /* putenv(3) keeps a pointer to the text. The text is an argument of main(), so it stays. */
        if (putenv((char *)variables->items[i]) != 0)
            return report_errno("set %s", variables->items[i]);
    }
    return 0;
}

int environment_set_home(const struct cli_list *variables, const char *home)
{
    static const char prefix[] = "HOME=";
    char *variable;

    for (int i = 0; i < variables->count; i++)
        if (strncmp(variables->items[i], prefix, strlen(prefix)) == 0)
            return 0;
    /* putenv(3) keeps a pointer to it. */
    if (asprintf(&variable, "%s%s", prefix, home) < 0)
        return report_errno("set HOME to %s", home);
    if (putenv(variable) != 0) {
        report_errno("set HOME to %s", home);
        free(variable);
        return -1;
    }
    explain("export", variable, NULL);
    return 0;
}
