/*
 * console_relay: carries bytes between the caller's terminal and that of the container.
 */
#ifndef CONSOLE_RELAY_H
#define CONSOLE_RELAY_H

#include <stdbool.h>

/*
 * Puts the caller's terminal, descriptor `terminal`, into raw mode, so that all that is typed goes
 * to the container, Ctrl-C included; carries until the container closes its side or the parent
 * dies; restores the mode. `master` is the container's side. The size of the window is followed.
 * As a job in the background, and always without `has_input`, it carries output only, and leaves
 * the mode and what is typed alone.
 */
void console_relay(int terminal, bool has_input, int master);

#endif
