/* The names of --cap-add and --cap-drop. */
#include "capabilities.h"
#include "fuzz.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Only "all" is more than one capability. */
static void check(const char *text, uint64_t chosen)
{
    if (chosen == UINT64_MAX)
        FUZZ_CHECK(strcasecmp(text, "all") == 0);
    else
        FUZZ_CHECK(chosen && (chosen & (chosen - 1)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct capabilities c = {0};

    if (capabilities_parse_add(text, &c) == 0) {
        check(text, c.added);
        FUZZ_CHECK(c.dropped == 0 && capabilities_parse_drop(text, &c) == 0);
        FUZZ_CHECK(c.dropped == c.added);
    } else {
        FUZZ_CHECK(c.added == 0);
    }
    free(text);
    return 0;
}
