#include "hostname.h"

#include "report.h"

#include <string.h>
#include <unistd.h>

int hostname_set(const char *name)
{
    explain("hostname", name, NULL);
    if (sethostname(name, strlen(name)) < 0)
        return report_errno("set the host name to %s", name);
    return 0;
}
