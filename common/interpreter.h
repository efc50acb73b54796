/*
 * interpreter: the program that the kernel needs to run a file.
 */
#ifndef INTERPRETER_H
#define INTERPRETER_H

#include <stddef.h>

/*
 * Finds the program that the kernel needs to run `path`, and copies its name into name[size]. An
 * ELF file has the name of its loader in the PT_INTERP segment, see elf(5). A script has the name
 * after its #!. Returns 0, or -1 with errno and no report: ENOENT if the file names none, ...
 */
int interpreter_find(const char *path, char *name, size_t size);

#endif
