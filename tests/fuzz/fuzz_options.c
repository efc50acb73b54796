/* The command line as a whole: each line of the input is one word of it. */
#include "capabilities.h"
#include "cli.h"
#include "cli_list.h"
#include "environment.h"
#include "fuzz.h"
#include "limit.h"
#include "name.h"
#include "process.h"
#include "user.h"
#include "volumes.h"
#include "workdir.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 64 };

static struct {
    char name[NAME_SIZE];
    bool flag;
    const char *text, *workdir;
    struct limits limits;
    struct cli_list volumes, tmpfs, variables;
    struct user user;
    struct capabilities capabilities;
} chosen;

static const struct cli_option table[] = {
    {"name", "NAME", "", name_parse, chosen.name},
    {"keep", NULL, "", cli_flag, &chosen.flag},
    {"scratch", "DIR", "", cli_text, &chosen.text},
    {"memory", "SIZE", "", limit_parse_size, &chosen.limits.memory},
    {"cpus", "N", "", limit_parse_cpus, &chosen.limits.cpu},
    {"volume", "SRC:DST", "", volumes_parse, &chosen.volumes},
    {"tmpfs", "DST", "", volumes_parse_tmpfs, &chosen.tmpfs},
    {"env", "NAME=VALUE", "", environment_parse, &chosen.variables},
    {"workdir", "DIR", "", workdir_parse, &chosen.workdir},
    {"user", "UID", "", user_parse, &chosen.user},
    {"cap-add", "NAME", "", capabilities_parse_add, &chosen.capabilities},
    CLI_END,
};

static int split(char *text, char **words)
{
    int count = 0;
    char *word;

    while (count < MOST_WORDS && (word = strsep(&text, "\n")))
        words[count++] = word;
    words[count] = NULL;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *words[MOST_WORDS + 1], **command = NULL;
    const char *rootfs = NULL;

    memset(&chosen, 0, sizeof(chosen));
    optind = 0; /* getopt_long(3) begins again */
    int status = cli_parse(split(text, words), words, table, &rootfs, &command);
    if (status == CLI_RUN)
        FUZZ_CHECK(rootfs && *rootfs && command && command[0] && *command[0]);
    else
        FUZZ_CHECK(status == 0 || status == EXIT_USAGE);
    FUZZ_CHECK(chosen.volumes.count <= CLI_LIST_SIZE && chosen.variables.count <= CLI_LIST_SIZE);
    free(text);
    return 0;
}
