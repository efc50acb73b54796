/*
 * file: reads and writes small files, joins paths, removes folders.
 */
#ifndef FILE_H
#define FILE_H

#include <linux/openat2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Closes a descriptor. -1 stands for none. errno is kept: it says why an earlier call failed. */
void file_close(const int *fd);

/* `cleanup_fd int fd = open(...)` is closed by file_close() when its scope ends, in any way. */
#define cleanup_fd __attribute__((cleanup(file_close)))

/* Tells whether `fd` is a folder. */
bool file_is_folder(int fd);

/* Tells whether stat(2) has said both of one and the same file. */
bool file_is_same(const struct stat *one, const struct stat *other);

/*
 * Checks that the open file is this device, by the kernel's numbers: `> /dev/null` after `rm
 * /dev/null` makes a file. It keeps what is written to it, and others may read that. Returns 0, or
 * -1 after a report: ENODEV for another file.
 */
int file_check_device(int fd, const char *path, unsigned major, unsigned minor);

/* Gives a hint how to make that device again. Keeps errno. */
void file_hint_device(const char *path, unsigned major, unsigned minor);

/*
 * Opens /dev/null with the flags of open(2). Looks at it first: to open a FIFO in its place could
 * wait for ever. Returns the lowest free descriptor, or -1 after a report: ENODEV as above.
 */
int file_open_null(int flags);

/*
 * Opens /dev/null as each of the descriptors 0 to 2 that the caller has closed. Otherwise the next
 * file that is opened would become stdin, stdout or stderr. Returns 0, or -1 after a report: ENODEV
 * as above.
 */
int file_open_standard(void);

/*
 * Makes the folder `path` to mount on, if it is not there. Returns 0, or -1 after a report: ENOTDIR
 * when there is something else. That may be a symbolic link, which could lead anywhere.
 */
int file_make_mount_point(const char *path);

/*
 * Joins `dir` and `name` with a slash into path[size]. Returns 0, or -1 after a report:
 * ENAMETOOLONG.
 */
int file_join(char *path, size_t size, const char *dir, const char *name);

/* Returns the folder for scratch directories: `chosen`; or if that is NULL, TMPDIR or /tmp. */
const char *file_scratch(const char *chosen);

/*
 * Writes `text` to the existing file `path` in one write(2), as the files of proc and cgroup want
 * it. Returns 0, or -1 with errno and no report: only the caller knows what a refusal means. It is
 * EIO when only a part was written.
 */
int file_write(const char *path, const char *text);

/*
 * Reads the start of `path` into text[size]. The text ends with NUL and lacks the last newline.
 * Returns 0, or -1 with errno and no report.
 */
int file_read(const char *path, char *text, size_t size);

/* The same for `name` in the folder `dir`. */
int file_read_at(int dir, const char *name, char *text, size_t size);

/* Opens `name` in the folder `dir`, to be read by lines. Returns NULL with errno and no report. */
FILE *file_open_stream(int dir, const char *name);

/*
 * openat2(2). While others mount or rename, the kernel cannot be sure that a ".." stays inside, and
 * says EAGAIN: then this tries again, but not for ever. Returns a descriptor, or -1 with errno and
 * no report.
 */
int file_open_within(int dir, const char *path, const struct open_how *how);

/*
 * Makes the folder `name` in the folder `dir`, with this mode whatever the umask is. Returns 0, or
 * -1 with errno and no report.
 */
int file_make_folder(int dir, const char *name, mode_t mode);

/*
 * Removes all that is in the folder `dir`, at any depth, but not the entries `kept`, a list that
 * ends with NULL. Follows no symbolic link and goes into no mount. `path` is what messages call the
 * folder. Returns 0, or -1 after a report: EBUSY or EXDEV where something is mounted, EACCES, ...
 */
int file_empty(int dir, const char *path, const char *const *kept);

/*
 * Removes `path` and everything below it, at any depth. Follows no symbolic link. Does nothing if
 * there is no such path. Returns 0, or -1 after a report.
 */
int file_remove_tree(const char *path);

/*
 * Opens the directory `path`, which the caller must be able to read. Call it before anything is
 * made. Returns a descriptor, or -1 after a report: ENOENT, ENOTDIR, EACCES, ...
 */
int file_open_rootfs(const char *path);

/* Checks the same, and keeps nothing open. Returns 0, or -1 after a report. */
int file_check_rootfs(const char *path);

#endif
