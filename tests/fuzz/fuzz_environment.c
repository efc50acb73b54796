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
        const char *variable = list.count > 0 ? list.items[0] : NULL;

        /* A name alone takes the caller's, or nothing. */
        FUZZ_CHECK(strchr(text, '=') ? variable == text : variable != text);
        /* putenv(3) takes a text without = as "unset it" */
        FUZZ_CHECK(!variable || strchr(variable, '=') > variable);
        if (variable != text)
            free((char *)variable);
    } else {
        FUZZ_CHECK(list.count == 0);
    }
    free(text);
    return 0;
}
