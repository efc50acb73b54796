#include "descriptors.h"

#include "report.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static int close_from_to(unsigned first, unsigned last)
{
    return first > last ? 0 : close_range(first, last, 0);
}

int descriptors_close(int keep)
{
    const unsigned first = STDERR_FILENO + 1;
    const unsigned kept = keep < 0 ? UINT_MAX : (unsigned)keep;

    explain_comment("close every descriptor above 2; exec 3>&- closes one of them");
    if (close_from_to(first, kept - 1) < 0 || (keep >= 0 && close_from_to(kept + 1, UINT_MAX) < 0))
        return report_errno("close the descriptors above %d", STDERR_FILENO);
    return 0;
}

bool descriptors_are_same(int one, int other)
{
    struct stat a, b;

    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}
