/*
 * many: start a program many times, and measure each.
 *   many run COUNT AT_ONCE PROGRAM [WORD...]   print the milliseconds of each, then "all MS"
 *   many hold COUNT PROGRAM [WORD...]          keep them running until stdin ends
 *
 * A word {} becomes a name that no other start has. `hold` needs a program that copies its stdin to
 * its stdout, as a container with cat: a byte that came back shows that it runs. Then it prints the
 * process, and "all" after the last one. At the end of its stdin, cat ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct start {
    pid_t pid;
    double begin;
    int input; /* of hold: the end that we write to */
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "many: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* Starts it with these as stdin and stdout. Returns its pid. */
static pid_t start(char **words, int number, int input, int output)
{
    posix_spawn_file_actions_t actions;
    char text[32], *own[64];
    size_t i;
    pid_t pid;

    if (!words[0])
        fail("no program");
    snprintf(text, sizeof(text), "%d-%d", getpid(), number);
    for (i = 0; words[i] && i < sizeof(own) / sizeof(*own) - 1; i++)
        own[i] = strcmp(words[i], "{}") == 0 ? text : words[i];
    own[i] = NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    errno = posix_spawnp(&pid, words[0], &actions, NULL, own, environ);
    if (errno)
        fail(words[0]);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* Waits for one that ends, and prints its time. Returns whether it was well. */
static bool end_one(struct start *all, int count)
{
    int status, i = 0;
    pid_t pid = waitpid(-1, &status, 0);

    if (pid < 0)
        fail("waitpid");
    while (i < count && all[i].pid != pid)
        i++;
    printf("%.3f\n", now() - all[i].begin);
    return status == 0;
}

static int run(int count, int at_once, char **words)
{
    struct start *all = calloc((size_t)count, sizeof(*all));
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    double begin = now();
    int failed = 0, running = 0;

    if (!all || nothing < 0)
        fail("prepare");
    for (int i = 0; i < count; i++) {
        if (running == at_once) {
            failed += !end_one(all, i);
            running--;
        }
        all[i].begin = now();
        all[i].pid = start(words, i, nothing, nothing);
        running++;
    }
    for (; running > 0; running--)
        failed += !end_one(all, count);
    printf("all %.3f\n", now() - begin);
    if (failed)
        fprintf(stderr, "many: %d of %d failed: %s\n", failed, count, words[0]);
    free(all);
    return failed > 0;
}

static bool start_one(struct start *one, int number, char **words)
{
    int input[2], output[2];
    char byte = '\n';

    if (pipe2(input, O_CLOEXEC) < 0 || pipe2(output, O_CLOEXEC) < 0)
        fail("pipe");
    one->pid = start(words, number, input[0], output[1]);
    one->input = input[1];
    close(input[0]);
    close(output[1]);
    bool runs = write(input[1], &byte, 1) == 1 && read(output[0], &byte, 1) == 1;
    close(output[0]);
    if (runs)
        printf("%d\n", one->pid);
    return runs;
}

static int hold(int count, char **words)
{
    struct start *all = calloc((size_t)count, sizeof(*all));
    int status, failed = 0, i = 0;
    struct rlimit files;
    char byte;

    if (!all || getrlimit(RLIMIT_NOFILE, &files) < 0)
        fail("prepare");
    files.rlim_cur = files.rlim_max; /* each takes one */
    setrlimit(RLIMIT_NOFILE, &files);
    for (; i < count && !failed; i++)
        failed = !start_one(&all[i], i, words);
    puts(failed ? "failed" : "all");
    fflush(stdout);
    while (!failed && read(STDIN_FILENO, &byte, 1) > 0)
        ;
    while (i-- > 0) {
        close(all[i].input);
        failed |= waitpid(all[i].pid, &status, 0) < 0 || status != 0;
    }
    free(all);
    return failed;
}

int main(int argc, char **argv)
{
    int count = argc < 4 ? 0 : atoi(argv[2]);
    int at_once = count < 1 ? 0 : atoi(argv[3]);

    if (count > 0 && strcmp(argv[1], "hold") == 0)
        return hold(count, argv + 3);
    if (argc > 4 && at_once > 0 && strcmp(argv[1], "run") == 0)
        return run(count, at_once, argv + 4);
    fprintf(stderr, "usage: many run COUNT AT_ONCE PROGRAM... | many hold COUNT PROGRAM...\n");
    return 2;
}
