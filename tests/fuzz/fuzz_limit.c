/* The numbers of --memory, --storage-size, --cpus, --cpu-shares and --pids-limit. */
#include "fuzz.h"
#include "limit.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void check(int (*parse)(const char *, void *), const char *text, long long least,
                  long long most)
{
    long long value = -1;

    if (parse(text, &value) == 0)
        FUZZ_CHECK(value >= least && value <= most);
    else
        FUZZ_CHECK(value == -1);
}

/* A size without a unit is in bytes, so what was read can be written and read again. */
static void check_again(const char *text)
{
    long long value, again;
    char bytes[32];

    if (limit_parse_size(text, &value) < 0)
        return;
    snprintf(bytes, sizeof(bytes), "%lld", value);
    FUZZ_CHECK(limit_parse_size(bytes, &again) == 0 && again == value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);

    check(limit_parse_size, text, 1, LLONG_MAX);
    check(limit_parse_cpus, text, LIMIT_PERIOD / 100, 1024LL * LIMIT_PERIOD);
    check(limit_parse_shares, text, 2, 262144);
    check(limit_parse_pids, text, 1, 4194304);
    check_again(text);
    free(text);
    return 0;
}
