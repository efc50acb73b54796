/*
 * file: small files of the kernel, paths, and a folder's removal.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Closes a descriptor, or does nothing with -1. errno is kept: it says why the call before failed.
 */
void file_close(const int *fd);

/* `cleanup_fd int fd = open(...)` is closed so at the end of its scope, whatever way that is left.
 */
#define cleanup_fd __attribute__((cleanup(file_close)))

/* Joins `dir` and `name` with a slash into path[size]. Returns 0, or -1 after a report:
 * ENAMETOOLONG. */
int file_join(char *path, size_t size, const char *dir, const char *name);

/* Where containers keep their files: `chosen`, or TMPDIR where that is NULL, or else /tmp. */
const char *file_scratch(const char *chosen);

/*
 * Writes `text` to the existing file `path` in one write(2), as the files of proc and cgroup want
 * it. Returns 0, or -1 with errno and no report: what a refusal means, only the caller knows.
 */
int file_write(const char *path, const char *text);

/*
 * Reads the start of `path` into text[size], ended by NUL and without the last newline. Returns 0,
 * or -1 with errno and no report.
 */
int file_read(const char *path, char *text, size_t size);

/*
 * Removes `path` and all that is below it, however deep, following no symbolic link. What is not
 * there needs no removal. Returns 0, or -1 after a report.
 */
int file_remove_tree(const char *path);

/*
 * Checks that `path` is a directory that the caller may read, before anything is made of it.
 * Returns 0, or -1 after a report: ENOENT, ENOTDIR, EACCES, ...
 */
int file_check_rootfs(const char *path);

#endif
