/* The variables of --env. */
#include "cli_list.h"
#include "environment.h"
#include "fuzz.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct cli_list list = {.count = 0};

    if (environment_parse(text, &list) == 0) {
        FUZZ_CHECK(list.count == 1 && list.items[0] == text);
        FUZZ_CHECK(strchr(text, '=') > text); /* putenv(3) takes a text without = as "unset it" */
    } else {
        FUZZ_CHECK(list.count == 0);
    }
    free(text);
    return 0;
}
