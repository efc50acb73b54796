/* The lines of /etc/subuid and /etc/subgid. */
#include "fuzz.h"
#include "subids.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct subids_range range = {0};

    fuzz_file("subuid", data, size);
    if (subids_find_granted("subuid", "ann", 1000, &range))
        FUZZ_CHECK(range.count > 0);
    return 0;
}
