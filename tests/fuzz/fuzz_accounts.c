/* The lines of an image's passwd and group. */
#include "accounts.h"
#include "fuzz.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct account a;
    gid_t gid;

    mkdir("etc", 0755);
    fuzz_file("etc/passwd", data, size);
    fuzz_file("etc/group", data, size);
    if (accounts_find_user(".", "ann", 0, &a) == 1)
        FUZZ_CHECK(a.uid != (uid_t)-1 && a.gid != (gid_t)-1 && *a.home &&
                   strlen(a.home) < ACCOUNTS_HOME_SIZE);
    if (accounts_find_user(".", NULL, 1000, &a) == 1)
        FUZZ_CHECK(a.uid == 1000);
    if (accounts_find_group(".", "ann", &gid) == 1)
        FUZZ_CHECK(gid != (gid_t)-1);
    return 0;
}
