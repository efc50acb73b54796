/* The file that tells join which process is a container's. */
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
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), number[16];
    static int held;
    pid_t pid = 0;

    mkdir("web", 0700);
    if (!held) /* as by a container that runs */
        flock(held = open("web", O_RDONLY | O_DIRECTORY | O_CLOEXEC), LOCK_EX);
    fuzz_file("web/pid", data, size);
    int process = pidfile_open(".", "web", &pid);
    FUZZ_CHECK(pid >= 0 && (pid > 0 || process == -1));
    if (pid > 0) {
        snprintf(number, sizeof(number), "%d ", pid);
        FUZZ_CHECK(strncmp(text + strspn(text, "0"), number, strlen(number)) == 0);
    }
    if (process >= 0)
        close(process);
    free(text);
    return 0;
}
