/*
 * terminal: what a program asks of the terminal that it was given, see tty_ioctl(4).
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>

/*
 * Returns 1 if `fd` is a terminal, else 0, or -1 after a report: isatty(3) also says no when it
 * could not look. A terminal that was hung up is nobody's, and stays so: 0.
 */
int terminal_check(int fd);

/*
 * Whether the other side of a terminal is gone, and all that it wrote was read. EIO is the errno of
 * this, and also of a terminal that has failed. Keeps errno.
 */
bool terminal_is_hung_up(int fd);

/* Whether our process group is in the foreground. Without job control there is no background. */
bool terminal_is_in_foreground(int fd);

#endif
