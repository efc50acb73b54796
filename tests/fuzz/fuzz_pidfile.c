/* The file that tells join the pid of a container. */
#include "fuzz.h"
#include "pidfile.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), number[16];

    static int held;

    mkdir("web", 0700);
    if (!held) /* as by a container that runs */
        flock(held = open("web", O_RDONLY | O_DIRECTORY | O_CLOEXEC), LOCK_EX);
    fuzz_file("web/pid", data, size);
    pid_t pid = pidfile_read(".", "web");
    FUZZ_CHECK(pid > 0 || pid == -1);
    if (pid > 0 && strspn(text, "123456789") > 0) {
        snprintf(number, sizeof(number), "%d", pid);
        FUZZ_CHECK(strncmp(text, number, strlen(number)) == 0);
    }
    free(text);
    return 0;
}
