#include "privacy.h"

#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

/* Where the kernel has put the words: all in one piece. */
static char *words;
static size_t size;

/* The copy of them. It is in use until the end, so the check for leaks must find it here. */
static char **copy;

char **privacy_copy(char **argv)
{
    size_t count = 0;

    words = argv[0];
    while (argv[count])
        size = (size_t)(argv[count] + strlen(argv[count]) + 1 - words), count++;
    copy = calloc(count + 1, sizeof(*copy));
    for (size_t i = 0; copy && i < count; i++) {
        copy[i] = strdup(argv[i]);
        if (!copy[i]) {
            free(copy);
            copy = NULL;
        }
    }
    if (!copy)
        report_errno("copy the words of this program");
    return copy;
}

/* The name stays, for ps. Its path would tell where on the host this program is. */
static void wipe_words(void)
{
    const char *slash = memrchr(words, '/', strlen(words));
    size_t length = slash ? strlen(slash + 1) : strlen(words);

    if (slash)
        memmove(words, slash + 1, length);
    explicit_bzero(words + length, size - length);
}

int privacy_close(void)
{
    explain_comment("wipe the words of this program, and let nobody inside look into its memory");
    if (words)
        wipe_words();
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return report_errno("prctl PR_SET_DUMPABLE");
    return 0;
}
