#include "cli_list.h"

#include "cli.h"
#include "report.h"

#include <errno.h>

int cli_list_append(const char *text, void *value)
{
    struct cli_list *list = value;

    if (list->count == CLI_LIST_SIZE) {
        errno = E2BIG;
        return report_errno("the same option more than %d times, at '%s'", CLI_LIST_SIZE, text);
    }
    if (cli_text(text, &list->items[list->count]) < 0)
        return -1;
    list->count++;
    return 0;
}
