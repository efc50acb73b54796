/* The ids of --user. */
#include "fuzz.h"
#include "user.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), ids[32];
    struct user user = {.chosen = false}, again = {.chosen = false};

    if (user_parse(text, &user) == 0) {
        /* (uid_t)-1 would mean "do not change the id". */
        FUZZ_CHECK(user.chosen && user.uid != (uid_t)-1 && user.gid != (gid_t)-1);
        FUZZ_CHECK(strlen(user.name) < USER_NAME_SIZE && strlen(user.group) < USER_NAME_SIZE);
        FUZZ_CHECK(user.group_chosen == (strchr(text, ':') != NULL));
        snprintf(ids, sizeof(ids), "%u:%u", user.uid, user.gid);
        FUZZ_CHECK(user_parse(ids, &again) == 0 && again.uid == user.uid && again.gid == user.gid);
    }
    free(text);
    return 0;
}
