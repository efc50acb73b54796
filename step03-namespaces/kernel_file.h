/*
 * kernel_file: a file of proc, by which the kernel takes a setting.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

/*
 * Writes `text` to the file dir/name in one write(2), as the kernel wants it. A setting that the
 * kernel refuses is always an error. Returns 0, or -1 after a report. See proc(5).
 */
int kernel_file_write(const char *dir, const char *name, const char *text);

#endif
