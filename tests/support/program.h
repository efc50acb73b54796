/*
 * program: a program of this project, or another one, run by a test.
 *
 * Its first word is the name of a program in the test's own folder, see fixture.h, or in PATH.
 * Each has a time limit, after which it is killed and its test fails.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

/* Runs it to its end. Returns its exit status, or 128+N when signal N killed it, as a shell does.
 */
#define run(...) program_run((const char *const[]){__VA_ARGS__, NULL})
int program_run(const char *const *words);

/* What the last one that ended printed. */
enum { OUTPUT_SIZE = 1 << 16 };
extern char out[OUTPUT_SIZE], err[OUTPUT_SIZE];

/* What it complained of: err without the one line with which step05 goes on where it is no error.
 */
const char *complaints(void);

/* One that runs while the test goes on; its stdin and stdout are pipes, or a terminal of its own.
 */
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
 * Writes to its stdin; waits until it has printed `part` after what was heard before, and returns
 * what it printed up to there. A terminal shows what is typed too, so a test says words with quotes
 * in them and listens for words without.
 */
void say(struct program *program, const char *text);
const char *hear(struct program *program, const char *part);

/* Says it at the prompt of a container's shell: a line editor drops what was typed before. */
void type(struct program *program, const char *line);

/* Whether it has not ended yet. */
bool runs(const struct program *program);

/* Closes its stdin, waits for its end and returns its exit status. */
int finish(struct program *program);

/* Closes its terminal, as when a window is closed or a line is lost. */
void hang_up(struct program *program);

/* Ends one that would not end by itself. */
void stop(struct program *program);

/* Kills those that a failed test left running. */
void program_kill_all(void);

#endif
