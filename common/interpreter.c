#include "interpreter.h"

#include "file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* Where the fields stand. An ELF file of 32 bits has them in other places than one of 64. */
struct layout {
    size_t width; /* of an offset or a size in the file */
    size_t phoff, phentsize, phnum;
    size_t p_offset, p_filesz;
};

static const struct layout layout32 = {
    sizeof(Elf32_Off),
    offsetof(Elf32_Ehdr, e_phoff),
    offsetof(Elf32_Ehdr, e_phentsize),
    offsetof(Elf32_Ehdr, e_phnum),
    offsetof(Elf32_Phdr, p_offset),
    offsetof(Elf32_Phdr, p_filesz),
};

static const struct layout layout64 = {
    sizeof(Elf64_Off),
    offsetof(Elf64_Ehdr, e_phoff),
    offsetof(Elf64_Ehdr, e_phentsize),
    offsetof(Elf64_Ehdr, e_phnum),
    offsetof(Elf64_Phdr, p_offset),
    offsetof(Elf64_Phdr, p_filesz),
};

/* Reads a field in this machine's byte order, at any alignment. */
static uint64_t field(const unsigned char *bytes, size_t width)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    switch (width) {
    case sizeof(two):
        memcpy(&two, bytes, sizeof(two));
        return two;
    case sizeof(four):
        memcpy(&four, bytes, sizeof(four));
        return four;
    default:
        memcpy(&eight, bytes, sizeof(eight));
        return eight;
    }
}

/* Cuts the name at the first byte that cannot be part of it. */
static int finish(char *name, ssize_t length, const char *ends)
{
    if (length <= 0) {
        errno = ENOENT;
        return -1;
    }
    name[length] = '\0';
    name[strcspn(name, ends)] = '\0';
    if (*name)
        return 0;
    errno = ENOENT;
    return -1;
}

static int find_in_elf(int fd, const unsigned char *header, char *name, size_t size)
{
    const struct layout *at = header[EI_CLASS] == ELFCLASS64 ? &layout64 : &layout32;
    uint64_t table = field(header + at->phoff, at->width);
    uint64_t entry_size = field(header + at->phentsize, sizeof(Elf64_Half));
    uint64_t entries = field(header + at->phnum, sizeof(Elf64_Half));

    for (uint64_t i = 0; i < entries; i++) {
        unsigned char entry[sizeof(Elf64_Phdr)] = {0};

        if (pread(fd, entry, sizeof(entry), (off_t)(table + i * entry_size)) <= 0)
            break;
        if (field(entry, sizeof(Elf64_Word)) != PT_INTERP)
            continue;
        uint64_t length = field(entry + at->p_filesz, at->width);
        if (length >= size)
            length = size - 1;
        return finish(name, pread(fd, name, length, (off_t)field(entry + at->p_offset, at->width)),
                      "");
    }
    errno = ENOENT;
    return -1;
}

static int find_in_script(int fd, char *name, size_t size)
{
    char line[256] = "";
    ssize_t length = pread(fd, line, sizeof(line) - 1, 2);
    const char *start = line + strspn(line, " \t");

    if (length > 0 && (size_t)(length = (ssize_t)strlen(start)) < size) {
        memcpy(name, start, (size_t)length);
        return finish(name, length, " \t\n");
    }
    errno = ENOENT;
    return -1;
}

int interpreter_find(const char *path, char *name, size_t size)
{
    unsigned char header[sizeof(Elf64_Ehdr)] = {0};
    /* Without O_NONBLOCK, open(2) of a FIFO in the image could wait for ever. */
    cleanup_fd int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0 || pread(fd, header, sizeof(header), 0) < 0)
        return -1;
    if (memcmp(header, ELFMAG, SELFMAG) == 0)
        return find_in_elf(fd, header, name, size);
    if (header[0] == '#' && header[1] == '!')
        return find_in_script(fd, name, size);
    errno = ENOENT;
    return -1;
}
