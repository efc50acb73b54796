/*
 * init: process 1 of the container, which has two duties that the command does not know.
 *
 * Inside, the kernel drops each signal for which process 1 has no handler, even SIGTERM. From
 * outside, only SIGKILL and SIGSTOP always arrive. And a process whose parent has ended becomes a
 * child of process 1, and a zombie until process 1 waits for it.
 */
#ifndef INIT_H
#define INIT_H

/*
 * Runs the command as a child. Until the command ends, passes on to it each signal that the
 * terminal has not sent to it, and reaps every process that ends. Returns the command's exit
 * status, or EXIT_NOT_MADE after a report. When the caller then exits, the kernel kills all
 * processes that are left.
 */
int init_run(char **command);

#endif
