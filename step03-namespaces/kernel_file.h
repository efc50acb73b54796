/*
 * kernel_file: a file of proc or of a cgroup, by which the kernel takes a setting.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

/*
 * Writes `text` to the file dir/name in one write(2), as the kernel wants a setting. Returns 0, or
 * -1 after a report: what the kernel does not take is never left out. See proc(5) and cgroups(7).
 */
int kernel_file_write(const char *dir, const char *name, const char *text);

#endif
