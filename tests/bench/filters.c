/*
 * filters: print the filters of syscalls.c as C, for floor; `filters oci` prints its list of calls
 * as JSON, for the specification of runc and crun.
 *
 * syscalls.c is compiled with -Dseccomp_load=filters_take. So its list stays the only one, and what
 * it would load comes here.
 */
#include "syscalls.h"
#include "syscalls_allowed.h"

#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int filters_take(const scmp_filter_ctx filter);

static int count;

int filters_take(const scmp_filter_ctx filter)
{
    struct sock_filter instruction;
    FILE *file = tmpfile();
    int result = file ? seccomp_export_bpf(filter, fileno(file)) : -1;

    if (result < 0)
        return result;
    rewind(file);
    printf("static struct sock_filter filter_%d[] = {\n", count++);
    while (fread(&instruction, sizeof(instruction), 1, file) == 1)
        printf("    {%u, %u, %u, %u},\n", instruction.code, instruction.jt, instruction.jf,
               instruction.k);
    puts("};\n");
    fclose(file);
    return 0;
}

static void print_table(void)
{
    puts("const struct sock_fprog floor_filters[FLOOR_FILTERS] = {");
    for (int i = 0; i < count; i++)
        printf("    {sizeof(filter_%d) / sizeof(*filter_%d), filter_%d},\n", i, i, i);
    puts("};");
}

/* What has a rule of its own in syscalls.c is here open without one, but for clone's namespaces. */
static void print_oci(void)
{
    puts("\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [\n"
         "{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0,\n"
         " \"value\": 2114060288, \"valueTwo\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}]},\n"
         "{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38},\n"
         "{\"names\": [\"ioctl\", \"personality\", \"socket\", \"socketpair\",");
    for (size_t i = 0; i < sizeof(syscalls_allowed) / sizeof(*syscalls_allowed); i++)
        printf("%s\"%s\"", i ? ", " : "", syscalls_allowed[i]);
    puts("], \"action\": \"SCMP_ACT_ALLOW\"}]");
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "oci") == 0) {
        print_oci();
        return 0;
    }
    puts("#include \"floor.h\"\n");
    if (syscalls_filter() < 0)
        return 1;
    print_table();
    return 0;
}
