/* The places that --volume, --tmpfs and --workdir take. */
#include "fuzz.h"
#include "volumes.h"
#include "workdir.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Goes through the words of the path, as the kernel does. `path` is changed. */
static bool is_inside(char *path, bool reserved_too)
{
    bool first = true;
    char *word;

    if (*path != '/')
        return false;
    while ((word = strsep(&path, "/"))) {
        if (strcmp(word, "..") == 0)
            return false;
        if (!*word || strcmp(word, ".") == 0)
            continue;
        if (first && reserved_too &&
            (strcmp(word, "proc") == 0 || strcmp(word, "dev") == 0 || strcmp(word, "sys") == 0))
            return false;
        first = false;
    }
    return !reserved_too || !first; /* a volume on / itself is refused */
}

static struct volumes volumes; /* too large for the stack */

static void check_bind(char *text)
{
    volumes.binds.count = volumes.tmpfs.count = 0;
    if (volumes_parse(text, &volumes) < 0)
        return;
    FUZZ_CHECK(volumes.binds.count == 1 && volumes.binds.items[0] == text);
    char *mode = text + strlen(text) - 3;
    if (strcmp(mode, ":ro") == 0 || strcmp(mode, ":rw") == 0)
        *mode = '\0';
    FUZZ_CHECK(strrchr(text, ':') > text);
    FUZZ_CHECK(is_inside(strrchr(text, ':') + 1, true));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *bind = fuzz_text(data, size);
    const char *workdir = NULL;

    check_bind(bind);
    volumes.binds.count = 0;
    bool tmpfs = volumes_parse_tmpfs(text, &volumes) == 0;
    bool works = workdir_parse(text, &workdir) == 0;
    FUZZ_CHECK(volumes.tmpfs.count == (int)tmpfs && (workdir == text) == works);
    if (works)
        FUZZ_CHECK(is_inside(text, tmpfs));
    else
        FUZZ_CHECK(!tmpfs);
    free(bind);
    free(text);
    return 0;
}
