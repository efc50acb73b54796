/*
 * name: the container's name, for its prompt and its scratch directory.
 */
#ifndef NAME_H
#define NAME_H

enum { NAME_SIZE = 64 }; /* with the NUL. The name becomes the host name: Linux allows 64 bytes. */

/*
 * Puts a random name into name[NAME_SIZE], unless the user chose one. It has a letter first, so
 * that it is no number, then letters and digits. Returns 0, or -1 after a report.
 */
int name_choose(char *name);

/*
 * Copies a name that the user chose into value, a char[NAME_SIZE]. The name may have letters,
 * digits, '_', '.' and '-', and begins with a letter or digit. So it is a file name, and no path.
 * Returns 0, or -1 after a report: EINVAL.
 */
int name_parse(const char *text, void *value);

#endif
