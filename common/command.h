/*
 * command: the last act of the container's process, which becomes the command.
 */
#ifndef COMMAND_H
#define COMMAND_H

/*
 * Replaces the environment, which may hold the caller's secrets. The new one has PATH, HOME, PS1
 * with the container's name, and TERM, the only variable that is kept. Nothing else of the old one
 * stays in memory. Returns 0, or -1 after a report.
 */
int command_environment(const char *name);

/*
 * Becomes command[0]. A name without a slash is searched in the PATH of the environment. Returns
 * only if this fails, after a report, with the exit status: EXIT_NOT_FOUND or EXIT_NOT_EXECUTABLE.
 * See execve(2).
 */
int command_exec(char **command);

#endif
