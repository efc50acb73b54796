/*
 * acts: what a module did. A test that wraps its calls writes them down, and may refuse one.
 */
#ifndef ACTS_H
#define ACTS_H

/* Forgets all acts. Act `number`, counted from 1, will fail with `error`; for 0 none will. */
void acts_begin(int number, int error);

/* Writes down one act. Returns 0, or -1 with errno when this act is to be refused. */
int act(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* All acts, a line for each; how many there are; the last line. */
extern char acts[1 << 13];
extern int acts_count;
const char *acts_last(void);

/* The names of these MOUNT_ATTR_... flags, as "ro,nosuid,nodev,noexec"; "-" if there are none. */
const char *attribute_names(unsigned attributes);

#endif
