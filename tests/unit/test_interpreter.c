#include "check.h"
#include "files.h"
#include "interpreter.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char LOADER[] = "/lib64/ld-linux-x86-64.so.2";
static char path[PATH_MAX];

/* A good ELF file. Each test spoils a field of it. */
struct elf64 {
    Elf64_Ehdr header;
    Elf64_Phdr segments[2];
    char loader[sizeof(LOADER)];
};

static struct elf64 good_elf64(void)
{
    struct elf64 elf = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64},
                   .e_phoff = offsetof(struct elf64, segments),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 2},
        .segments = {{.p_type = PT_LOAD},
                     {.p_type = PT_INTERP,
                      .p_offset = offsetof(struct elf64, loader),
                      .p_filesz = sizeof(LOADER)}},
    };
    strcpy(elf.loader, LOADER);
    return elf;
}

static void write_bytes(const void *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_int_equal(write(fd, bytes, length), length);
    close(fd);
}

static void assert_finds(const void *bytes, size_t length, const char *expected)
{
    char name[PATH_MAX] = "";

    write_bytes(bytes, length);
    assert_int_equal(interpreter_find(path, name, sizeof(name)), 0);
    assert_string_equal(name, expected);
}

static void assert_finds_none(const void *bytes, size_t length)
{
    char name[PATH_MAX];

    write_bytes(bytes, length);
    errno = 0;
    assert_int_equal(interpreter_find(path, name, sizeof(name)), -1);
    assert_int_equal(errno, ENOENT);
}

static void the_loader_of_an_elf_file_of_64_bits(void **state)
{
    struct elf64 elf = good_elf64();

    assert_finds(&elf, sizeof(elf), LOADER);
}

static void the_loader_of_an_elf_file_of_32_bits(void **state)
{
    struct {
        Elf32_Ehdr header;
        Elf32_Phdr segment;
        char loader[32];
    } elf = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32},
                   .e_phoff = sizeof(Elf32_Ehdr),
                   .e_phentsize = sizeof(Elf32_Phdr),
                   .e_phnum = 1},
        .segment = {.p_type = PT_INTERP,
                    .p_offset = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr),
                    .p_filesz = 18},
        .loader = "/lib/ld-musl.so.1",
    };

    assert_finds(&elf, sizeof(elf), "/lib/ld-musl.so.1");
}

static void the_loader_of_this_program(void **state)
{
    char name[PATH_MAX];

    assert_int_equal(interpreter_find("/proc/self/exe", name, sizeof(name)), 0);
    assert_true(exists(name)); /* or this test would not run */
}

static void an_elf_file_may_have_no_interpreter(void **state)
{
    struct elf64 elf = good_elf64();

    elf.segments[1].p_type = PT_NOTE;
    assert_finds_none(&elf, sizeof(elf));
    elf.header.e_phnum = 0;
    assert_finds_none(&elf, sizeof(elf));
}

static void an_elf_file_that_is_cut_has_no_interpreter(void **state)
{
    struct elf64 elf = good_elf64();
    char name[PATH_MAX];

    for (size_t length = 0; length < offsetof(struct elf64, loader); length++) {
        write_bytes(&elf, length);
        /* If the last segment is cut, the name's length reads as zero: no cut file has a name. */
        assert_int_equal(interpreter_find(path, name, sizeof(name)), -1);
        assert_int_equal(errno, ENOENT);
    }
    assert_finds(&elf, offsetof(struct elf64, loader) + 4, "/lib");
}

static void hostile_offsets_lead_nowhere(void **state)
{
    static const uint64_t offsets[] = {
        sizeof(struct elf64), 1ULL << 32,      INT64_MAX - 8, INT64_MAX,
        1ULL << 63,           UINT64_MAX - 56, UINT64_MAX};

    for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
        struct elf64 elf = good_elf64();
        elf.header.e_phoff = offsets[i];
        assert_finds_none(&elf, sizeof(elf));
        elf = good_elf64();
        elf.segments[1].p_offset = offsets[i];
        char name[PATH_MAX];
        write_bytes(&elf, sizeof(elf));
        assert_int_equal(interpreter_find(path, name, sizeof(name)), -1);
    }
}

static void hostile_counts_and_sizes_end(void **state)
{
    struct elf64 elf = good_elf64();

    elf.header.e_phnum = 0xffff;
    elf.segments[1].p_type = PT_NOTE;
    assert_finds_none(&elf, sizeof(elf));
    elf.header.e_phentsize = 0; /* it reads the first segment 65535 times */
    assert_finds_none(&elf, sizeof(elf));
    elf = good_elf64();
    elf.segments[1].p_filesz = 0;
    assert_finds_none(&elf, sizeof(elf));
    elf.segments[1].p_filesz = UINT64_MAX;
    assert_finds(&elf, sizeof(elf), LOADER);
}

static void a_name_too_long_is_cut_to_its_buffer(void **state)
{
    struct elf64 elf = good_elf64();
    char name[8] = "xxxxxxx";

    write_bytes(&elf, sizeof(elf));
    assert_int_equal(interpreter_find(path, name, sizeof(name)), 0);
    assert_string_equal(name, "/lib64/");
}

static void an_empty_loader_name_is_none(void **state)
{
    struct elf64 elf = good_elf64();

    elf.loader[0] = '\0';
    assert_finds_none(&elf, sizeof(elf));
}

#define assert_script(text, expected) assert_finds(text, strlen(text), expected)
#define assert_no_script(text)        assert_finds_none(text, strlen(text))

static void the_interpreter_of_a_script(void **state)
{
    assert_script("#!/bin/sh\necho\n", "/bin/sh");
    assert_script("#! \t/usr/bin/env python3\n", "/usr/bin/env");
    assert_script("#!/bin/sh", "/bin/sh");
    assert_script("#!/bin/sh\r\n", "/bin/sh\r"); /* as the kernel reads it */
}

static void a_script_without_an_interpreter(void **state)
{
    char line[1000] = "#!";

    assert_no_script("");
    assert_no_script("#");
    assert_no_script("#!");
    assert_no_script("#!\n");
    assert_no_script("#!  \n/bin/sh\n");
    assert_no_script("echo hello\n");
    memset(line + 2, ' ', sizeof(line) - 2);
    assert_finds_none(line, sizeof(line));
}

static void a_file_that_is_no_file(void **state)
{
    char name[PATH_MAX];

    unlink(path);
    assert_int_equal(interpreter_find(path, name, sizeof(name)), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(interpreter_find(path, name, sizeof(name)), -1); /* and does not wait */
    unlink(path);
    assert_int_equal(interpreter_find("/", name, sizeof(name)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loader_of_an_elf_file_of_64_bits),
        cmocka_unit_test(the_loader_of_an_elf_file_of_32_bits),
        cmocka_unit_test(the_loader_of_this_program),
        cmocka_unit_test(an_elf_file_may_have_no_interpreter),
        cmocka_unit_test(an_elf_file_that_is_cut_has_no_interpreter),
        cmocka_unit_test(hostile_offsets_lead_nowhere),
        cmocka_unit_test(hostile_counts_and_sizes_end),
        cmocka_unit_test(a_name_too_long_is_cut_to_its_buffer),
        cmocka_unit_test(an_empty_loader_name_is_none),
        cmocka_unit_test(the_interpreter_of_a_script),
        cmocka_unit_test(a_script_without_an_interpreter),
        cmocka_unit_test(a_file_that_is_no_file),
    };
    const char *folder = new_folder();

    snprintf(path, sizeof(path), "%s/program", folder);
    int failed = check_run(tests);
    rmdir(folder);
    return failed;
}
