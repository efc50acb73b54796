/* The name of a container: --name, --hostname, and the first operand of join. */
#include "fuzz.h"
#include "name.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    char name[NAME_SIZE] = "unchanged";

    if (name_parse(text, name) == 0) {
        FUZZ_CHECK(strcmp(name, text) == 0);
        FUZZ_CHECK(isalnum((unsigned char)*name));
        for (const char *c = name; *c; c++)
            FUZZ_CHECK(isalnum((unsigned char)*c) || strchr("_.-", *c));
    } else {
        FUZZ_CHECK(strcmp(name, "unchanged") == 0);
    }
    free(text);
    return 0;
}
