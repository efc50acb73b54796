/*
 * faults: lets every system call of the programs fail, and sends them signals at every call.
 */
#include "sweep.h"
#include "table.h"

#include <getopt.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: faults [OPTION...] [PROGRAM [ARG...]]\n"
    "  -b DIR   the folder of the programs (default: build)\n"
    "  -e N     take one fault of each N, at random (default: 1, all)\n"
    "  -s SEED  for the choice; printed, so that a run can be repeated\n"
    "  -o WORD  only faults that have WORD in their lines: 'step05 user: 0.1 mkdir#3 EIO '\n"
    "  -j N     run N at once (default: two for each CPU)\n"
    "  -p       send signals at the calls of peers, too: bwrap and runc, where installed\n"
    "PROGRAM is swept instead of the steps. The verdicts are explained in verdict.h.\n";

static int parse(int argc, char **argv, struct settings *settings)
{
    int option;

    while ((option = getopt(argc, argv, "+b:e:s:o:j:p")) != -1) {
        if (option == 'b')
            settings->build = optarg;
        else if (option == 'e')
            settings->every = atoi(optarg);
        else if (option == 's')
            settings->seed = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'o')
            settings->only = optarg;
        else if (option == 'j')
            settings->jobs = atoi(optarg);
        else if (option == 'p')
            settings->with_peers = true;
        else
            return -1;
    }
    return settings->every > 0 && settings->jobs > 0 ? 0 : -1;
}

/* The upper layer of an overlay cannot be on another overlay. */
static const char *place_for_stages(void)
{
    static char folder[PATH_MAX];
    const char *places[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};
    struct statfs fs;

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        if (!places[i] || statfs(places[i], &fs) < 0 || fs.f_type == OVERLAYFS_SUPER_MAGIC)
            continue;
        snprintf(folder, sizeof(folder), "%s/container-faults.XXXXXX", places[i]);
        if (mkdtemp(folder) && chmod(folder, 0755) == 0)
            return folder;
    }
    return NULL;
}

/* Returns how many faults had a bad verdict, or -1. */
static int sweep_one(const struct subject *subject, const struct settings *settings)
{
    struct sweep *sweep =
        mmap(NULL, sizeof(*sweep), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int bad = -1;

    if (sweep == MAP_FAILED)
        return -1;
    sweep->subject = subject;
    if (sweep_run(sweep, settings) == 0)
        bad = *sweep->trouble || !sweep->faults ? 0 : table_print(sweep);
    if (*sweep->trouble)
        printf("\n%s: skipped, since it does not run here: %s\n", subject->label, sweep->trouble);
    munmap(sweep, sizeof(*sweep));
    return bad;
}

static int sweep_steps(const struct settings *settings)
{
    int total = 0;

    for (const struct subject *s = subjects; s->label; s++) {
        const char *lacks = subject_lacks(s);

        if (s->is_peer && !settings->with_peers)
            continue;
        if (lacks) {
            printf("\n%s: skipped: %s\n", s->label, lacks);
            continue;
        }
        int bad = sweep_one(s, settings);
        if (bad < 0)
            return -1;
        total += s->is_peer ? 0 : bad;
    }
    return total;
}

static int sweep_program(char **words, const struct settings *settings)
{
    const char *slash = strrchr(words[0], '/');
    struct subject s = {.label = slash ? slash + 1 : words[0], .program = words[0]};

    for (int i = 1; i < SUBJECT_WORDS && words[i]; i++)
        s.words[i - 1] = words[i];
    return sweep_one(&s, settings);
}

int main(int argc, char **argv)
{
    char build[PATH_MAX];
    struct settings settings = {.build = "build",
                                .every = 1,
                                .jobs = 2 * get_nprocs(),
                                .seed = (unsigned)time(NULL) % 10000};

    if (parse(argc, argv, &settings) < 0 || !realpath(settings.build, build)) {
        fputs(usage, stderr);
        return 2;
    }
    settings.build = build;
    settings.folder = place_for_stages();
    if (!settings.folder) {
        perror("faults: make a folder");
        return 2;
    }
    printf("seed %u, one fault of each %d\n", settings.seed, settings.every);
    srand(settings.seed);
    int bad = argv[optind] ? sweep_program(argv + optind, &settings) : sweep_steps(&settings);
    rmdir(settings.folder);
    printf("\nfaults with a bad verdict: %d\n", bad);
    return bad != 0;
}
