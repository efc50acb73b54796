/*
 * console_relay: carries bytes between the caller's terminal and that of the container.
 */
#ifndef CONSOLE_RELAY_H
#define CONSOLE_RELAY_H

#include <stdbool.h>

/*
 * Puts the caller's terminal, descriptor `terminal`, into raw mode: all keys go to the container,
 * Ctrl-C included. Carries bytes until the container closes its side, `master`. Then restores the
 * mode. The container's terminal follows the size of the caller's window. In a background job, and
 * always without `has_input`, this carries output only: then it neither changes the mode nor reads
 * what is typed. If it `waits`, in a pipeline, it begins so, until a byte arrives at `launcher`;
 * and it never changes the flags of output: other programs of the pipeline write to the terminal.
 *
 * What was typed before this took the terminal is read by lines, as it was typed. At the end of
 * input, also when the terminal is gone, the container's terminal gets its character for the end.
 *
 * When the other end of the socket `launcher` was shut down for writing, the command has ended.
 * Then this carries what was written until then, and ends, also if a process in the background
 * still has the terminal.
 *
 * When nobody holds the other end of that socket any more, this takes no more keys, and
 * ends when the terminal has taken no output for 2 seconds. Before that, it waits for a slow reader
 * for as long as it takes.
 *
 * Uses SIGALRM and SIGWINCH, and wants SIGTTIN and SIGTTOU blocked. Returns 0, or -1 with errno and
 * no report.
 */
int console_relay(int terminal, bool has_input, bool waits, int master, int launcher);

#endif
