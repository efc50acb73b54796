/*
 * console_relay: carries bytes between the caller's terminal and that of the container.
 */
#ifndef CONSOLE_RELAY_H
#define CONSOLE_RELAY_H

#include <stdbool.h>

/*
 * Puts the caller's terminal, descriptor `terminal`, into raw mode: all keys go to the container,
 * Ctrl-C included. Carries bytes until the container closes its side, `master`, or the parent dies.
 * Then restores the mode. The container's terminal follows the size of the caller's window. In a
 * background job, and always without `has_input`, this carries output only: then it neither changes
 * the mode nor reads what is typed.
 */
void console_relay(int terminal, bool has_input, int master);

#endif
