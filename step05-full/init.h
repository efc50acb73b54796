/*
 * init: process 1 of the container, which has duties that the command knows nothing of.
 *
 * The kernel drops the signals that process 1 has no handler for, even SIGTERM; and whoever dies
 * after its own parent is a child of process 1, and stays a zombie until that waits for it.
 */
#ifndef INIT_H
#define INIT_H

/*
 * Runs the command as a child, passes on the signals that it gets itself, and reaps every process
 * that ends, until the command does. Returns the command's exit status; with the caller's exit the
 * kernel kills what is left.
 */
int init_run(char **command);

#endif
