/* The start of a file that the kernel would run: an ELF header, or #!. */
#include "fuzz.h"
#include "interpreter.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void check(const uint8_t *data, size_t room)
{
    char *name = malloc(room); /* not an array: the sanitizer sees a write behind its end */

    FUZZ_CHECK(name);
    memset(name, 'x', room);
    if (interpreter_find("program", name, room) == 0) {
        FUZZ_CHECK(*name && strnlen(name, room) < room);
        if (data[0] == '#') /* a line has no other ends; a loader's name may have any byte */
            FUZZ_CHECK(!strpbrk(name, " \t\n"));
    }
    free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file("program", data, size);
    check(data, PATH_MAX);
    check(data, 16);
    return 0;
}
