/*
 * fuzz: what the targets share. Each fuzz_NAME.c is one target: libFuzzer calls its function with
 * one input after the other, and looks for inputs that reach new code.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold. Otherwise the fuzzer keeps the input, and prints the line in a trace of calls. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

/*
 * Returns a copy of the input that ends with NUL. It is as short as it can be, so that the
 * sanitizer sees a read behind its end. The caller frees it.
 */
char *fuzz_text(const uint8_t *data, size_t size);

/* Makes `path` a file that holds the input. It is in the working directory, which is run.sh's. */
void fuzz_file(const char *path, const uint8_t *data, size_t size);

#endif
