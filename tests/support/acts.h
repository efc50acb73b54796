/*
 * acts: what a module did, as a test that wraps its calls writes it down; one call may be refused.
 */
#ifndef ACTS_H
#define ACTS_H

/* Forgets all acts. The one of that number, counted from 1, will fail with `error`; 0: none will.
 */
void acts_begin(int number, int error);

/* Writes one down. Returns 0, or -1 with errno when it is the one that is refused. */
int act(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line for each; how many there are; the last line. */
extern char acts[1 << 13];
extern int acts_count;
const char *acts_last(void);

/* "ro,nosuid,nodev,noexec", as far as these are among MOUNT_ATTR_..., or "-". */
const char *attribute_names(unsigned attributes);

#endif
