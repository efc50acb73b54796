/*
 * command: the last thing that the container's process does, to become the command.
 */
#ifndef COMMAND_H
#define COMMAND_H

/*
 * Replaces the environment, which may hold the caller's secrets, by PATH, HOME, TERM (the only one
 * that is kept) and PS1 with the container's name; of the old one nothing is left in memory.
 * Returns 0, or -1 after a report.
 */
int command_environment(const char *name);

/*
 * Becomes command[0], searched in PATH when its name has no slash. Returns only on failure, after a
 * report, with the exit status: EXIT_NOT_FOUND or EXIT_NOT_EXECUTABLE. See execve(2).
 */
int command_exec(char **command);

#endif
