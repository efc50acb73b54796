/*
 * kernel_file: writes a setting of the kernel to its file in proc or in a cgroup.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

/*
 * Writes `text` to the file dir/name in one write(2), as the kernel wants it. A setting that the
 * kernel refuses is always an error. Returns 0, or -1 after a report. See proc(5) and cgroups(7).
 */
int kernel_file_write(const char *dir, const char *name, const char *text);

#endif
