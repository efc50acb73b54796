/*
 * syscalls_print: print the filters of system calls as C: print_filters ARCHITECTURE
 *
 * This runs on the machine that builds step05, which may be of another architecture. filters.mk
 * builds and calls it.
 */
#include "report.h"
#include "syscalls.h"
#include "syscalls_rules.h"

#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>

/*
 * The rules compare arguments with these numbers of the build machine. Some architectures have
 * others. Then the compiler of step05 shall stop, since the filter would look for the wrong ones.
 */
static const struct {
    const char *name;
    unsigned long value;
} compared[] = {
    {"TIOCSTI", TIOCSTI},         {"TIOCLINUX", TIOCLINUX},     {"MAP_HUGETLB", MAP_HUGETLB},
    {"MFD_HUGETLB", MFD_HUGETLB}, {"SHM_HUGETLB", SHM_HUGETLB}, {"RLIMIT_CORE", RLIMIT_CORE},
};

static void print_head(const char *name, uint32_t architecture)
{
    printf("/* Made by print_filters from syscalls_rules.c, for %s. */\n"
           "#include \"syscalls.h\"\n\n"
           "#include <sys/ioctl.h>\n#include <sys/mman.h>\n#include <sys/resource.h>\n"
           "#include <sys/shm.h>\n#include <sys/syscall.h>\n\n"
           "_Static_assert(SYS_openat == %d, \"these filters are for %s\");\n",
           name, seccomp_syscall_resolve_name_arch(architecture, "openat"), name);
    for (size_t i = 0; i < sizeof(compared) / sizeof(*compared); i++)
        printf("_Static_assert(%s == %#lx, \"the filters compare with another number\");\n",
               compared[i].name, compared[i].value);
}

static int print_filter(int index, uint32_t architecture)
{
    struct sock_filter instruction;
    FILE *file = tmpfile();

    if (!file)
        return report_errno("open a temporary file");
    if (syscalls_make(index, architecture, fileno(file)) < 0)
        return -1;
    rewind(file);
    printf("\nstatic struct sock_filter filter_%d[] = {\n", index);
    while (fread(&instruction, sizeof(instruction), 1, file) == 1)
        printf("    {%#x, %u, %u, %#x},\n", instruction.code, instruction.jt, instruction.jf,
               instruction.k);
    puts("};");
    int result = ferror(file) ? report_errno("read the filter %d", index) : 0;
    fclose(file);
    return result;
}

static int print_all(const char *name, uint32_t architecture)
{
    print_head(name, architecture);
    for (int i = 0; i < SYSCALLS_FILTERS; i++)
        if (print_filter(i, architecture) < 0)
            return -1;
    puts("\nconst struct sock_fprog syscalls_filters[SYSCALLS_FILTERS] = {");
    for (int i = 0; i < SYSCALLS_FILTERS; i++)
        printf("    {sizeof(filter_%d) / sizeof(*filter_%d), filter_%d},\n", i, i, i);
    puts("};");
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : report_errno("write the filters");
}

int main(int argc, char **argv)
{
    report_program("print_filters");
    uint32_t architecture = argc == 2 ? seccomp_arch_resolve_name(argv[1]) : 0;
    if (!architecture) {
        report_error("'%s' is no architecture that libseccomp knows", argc == 2 ? argv[1] : "");
        return EXIT_FAILURE;
    }
    return print_all(argv[1], architecture) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
