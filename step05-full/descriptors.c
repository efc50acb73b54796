#include "descriptors.h"

#include "report.h"

#include <limits.h>
#include <unistd.h>

int descriptors_close(void)
{
    if (close_range(STDERR_FILENO + 1, UINT_MAX, 0) < 0)
        return report_errno("close the descriptors above %d", STDERR_FILENO);
    return 0;
}
