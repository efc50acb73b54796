/*
 * name: what a container is called, in its prompt, its scratch directory and its cgroup.
 */
#ifndef NAME_H
#define NAME_H

enum { NAME_SIZE = 64 }; /* with its NUL; Linux allows 64 bytes for a hostname, which it becomes */

/*
 * Fills in name[NAME_SIZE], unless the user chose one: a random letter, then letters and digits.
 * Returns 0, or -1 after a report.
 */
int name_choose(char *name);

/*
 * Copies a name that the user chose into value, a char[NAME_SIZE]: letters, digits, '_', '.', '-',
 * the first a letter or digit, so that it is a file name and no path. Returns 0, or -1 after a
 * report: EINVAL.
 */
int name_parse(const char *text, void *value);

#endif
