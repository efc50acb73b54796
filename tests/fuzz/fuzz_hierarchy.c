/* The files cgroup and mountinfo of /proc/self: a line "%%" stands between them in the input. */
#include "fuzz.h"
#include "hierarchy.h"

#include <stdint.h>
#include <string.h>

static void check(const char *controller)
{
    struct hierarchy h;

    memset(&h, 'x', sizeof(h)); /* without a NUL */
    if (hierarchy_find(&h, controller, ".") < 0)
        return;
    FUZZ_CHECK(h.version == 1 || h.version == 2);
    FUZZ_CHECK(strnlen(h.top, sizeof(h.top)) < sizeof(h.top));
    FUZZ_CHECK(strnlen(h.own, sizeof(h.own)) < sizeof(h.own));
    /* The caller's cgroup is the highest one or below it, and not beside it: /a, /a/b, not /ab. */
    const char *below = h.own + strlen(h.top);
    FUZZ_CHECK(strncmp(h.own, h.top, strlen(h.top)) == 0 && (!*below || *below == '/'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char mark[] = "%%\n";
    const uint8_t *found = memmem(data, size, mark, strlen(mark));
    size_t first = found ? (size_t)(found - data) : size;
    size_t second = found ? first + strlen(mark) : size;

    fuzz_file("cgroup", data, first);
    fuzz_file("mountinfo", data + second, size - second);
    check("memory");
    check("cpu");
    return 0;
}
