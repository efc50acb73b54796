/*
 * interpreter: the second file that the kernel needs to run a first one.
 */
#ifndef INTERPRETER_H
#define INTERPRETER_H

#include <stddef.h>

/*
 * Finds which program `path` asks the kernel to be run by: the loader in an ELF file's PT_INTERP
 * segment, of elf(5), or what stands after the #! of a script. Copies it into name[size]. Returns
 * 0; -1 with errno and no report when the file names none (ENOENT) or cannot be read.
 */
int interpreter_find(const char *path, char *name, size_t size);

#endif
