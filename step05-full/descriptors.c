#include "descriptors.h"

#include "file.h"
#include "report.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns the lowest of the kept descriptors from `first` on, or UINT_MAX. */
static unsigned next_kept(unsigned first, const int *kept, size_t count)
{
    unsigned next = UINT_MAX;

    for (size_t i = 0; i < count; i++)
        if (kept[i] >= 0 && (unsigned)kept[i] >= first && (unsigned)kept[i] < next)
            next = (unsigned)kept[i];
    return next;
}

int descriptors_close(const int *kept, size_t count)
{
    unsigned first = STDERR_FILENO + 1, next;

    explain_comment("close every descriptor above 2; exec 3>&- closes one of them");
    do {
        next = next_kept(first, kept, count);
        if (next > first && close_range(first, next - 1, 0) < 0)
            return report_errno("close the descriptors above %d", STDERR_FILENO);
        first = next + 1;
    } while (next != UINT_MAX);
    return 0;
}

bool descriptors_are_same(int one, int other)
{
    struct stat a, b;

    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && file_is_same(&a, &b);
}
