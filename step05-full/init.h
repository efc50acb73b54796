/*
 * init: process 1 of the container, which has duties that the command does not know.
 *
 * Inside, the kernel drops each signal for which process 1 has no handler, even SIGTERM. From
 * outside, only SIGKILL and SIGSTOP always arrive. And a process whose parent has ended becomes a
 * child of process 1, and a zombie until process 1 waits for it.
 *
 * In a pipeline there is a third duty. The keys of the terminal are for another program, such as
 * less, until the command wants them. So the command is in the background of the container's
 * terminal, and the kernel stops it when it reads, by SIGTTIN. Then it comes to the foreground and
 * goes on. See credentials(7) about sessions. In exec the caller is not process 1: then it is only
 * the parent that sees the command stop, and orphans go to the container's process 1.
 */
#ifndef INIT_H
#define INIT_H

/*
 * Runs the command as a child. Until the command ends, passes on to it each signal that the
 * terminal has not sent to it, and reaps every process that ends. Returns the command's exit
 * status, or EXIT_NOT_MADE after a report. When process 1 then exits, the kernel kills all
 * processes that are left.
 *
 * `channel` is a socket to the process that carries the keys, for a command that begins in the
 * background of `terminal`; else it is -1. The caller is the leader of the terminal's session. When
 * the command comes to the foreground, the channel gets a byte. A command that the kernel may not
 * stop, since its caller ignores or blocks SIGTTIN, comes at once.
 */
int init_run(char **command, int channel, int terminal);

#endif
