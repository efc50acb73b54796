/*
 * files: what tests do with files.
 */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>

/* A new folder in /tmp, mode 0700; the caller removes it. */
const char *new_folder(void);

/* dir/name; the last four results stay valid. */
const char *path_in(const char *dir, const char *name);

/* Makes a file with a text in it; returns what a file holds, or NULL if there is none. */
void write_file(const char *path, const char *text);
const char *read_file(const char *path);

/* Whether there is a file of any kind, or a link that leads nowhere. */
bool exists(const char *path);

/* Runs a shell command line; fails the test unless it succeeds. */
void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A hash of all names, modes, owners, times and contents below a folder. */
unsigned long long hash_of(const char *folder);

#endif
