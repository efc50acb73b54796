/*
 * program: a program of this project, or another one, run by a test.
 *
 * The first word of a call is the name of a program in the test's own folder (see fixture.h) or in
 * PATH. Each program has a time limit. After it, the program is killed and its test fails.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

/* Runs it to its end. Returns its exit status, or 128+N if signal N killed it (as a shell does). */
#define run(...) program_run((const char *const[]){__VA_ARGS__, NULL})
int program_run(const char *const *words);

/* What the last program that ended has printed. */
enum { OUTPUT_SIZE = 1 << 16 };
extern char out[OUTPUT_SIZE], err[OUTPUT_SIZE];

/* The errors in `err`: without the line of step05 that is no error, but says how it goes on. */
const char *complaints(void);

/* A program that runs while the test goes on. stdin and stdout are pipes, or its own terminal. */
struct program {
    pid_t pid;
    int handle; /* pidfd */
    int in, out, err;
    char text[OUTPUT_SIZE]; /* what it printed */
    size_t length, heard;   /* heard: how much of it hear() has looked at */
};
#define start(...)             program_start((const char *const[]){__VA_ARGS__, NULL})
#define start_on_terminal(...) program_start_on_terminal((const char *const[]){__VA_ARGS__, NULL})
struct program *program_start(const char *const *words);
struct program *program_start_on_terminal(const char *const *words);

/*
 * say() writes to its stdin. hear() waits until it has printed `part`, after what was heard before,
 * and returns what it printed up to there. A terminal shows what is typed, too. So a test types a
 * word with quotes in it, and listens for the word without them.
 */
void say(struct program *program, const char *text);
const char *hear(struct program *program, const char *part);

/* Says it, but first waits for the container's prompt: a line editor drops what comes earlier. */
void type(struct program *program, const char *line);

/* Whether it still runs. */
bool runs(const struct program *program);

/* Closes its stdin, waits for its end and returns its exit status. */
int finish(struct program *program);

/* Closes its terminal, as when a window is closed or a line is lost. */
void hang_up(struct program *program);

/* Ends a program that would not end by itself. */
void stop(struct program *program);

/* Kills the programs that a failed test left running. */
void program_kill_all(void);

#endif
