/* The filters are not loaded here, so that they can be for another machine. */
#include "check.h"
#include "filters.h"
#include "syscalls.h"
#include "syscalls_allowed.h"
#include "syscalls_rules.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

static const char *refused; /* the call of libseccomp that fails */

static bool is_refused(const char *call)
{
    return refused && strcmp(refused, call) == 0;
}

scmp_filter_ctx __real_seccomp_init(uint32_t otherwise);
scmp_filter_ctx __wrap_seccomp_init(uint32_t otherwise)
{
    return is_refused("seccomp_init") ? NULL : __real_seccomp_init(otherwise);
}

int __real_seccomp_arch_add(scmp_filter_ctx filter, uint32_t architecture);
int __wrap_seccomp_arch_add(scmp_filter_ctx filter, uint32_t architecture)
{
    return is_refused("seccomp_arch_add") ? -ENOMEM : __real_seccomp_arch_add(filter, architecture);
}

int __real_seccomp_arch_remove(scmp_filter_ctx filter, uint32_t architecture);
int __wrap_seccomp_arch_remove(scmp_filter_ctx filter, uint32_t architecture)
{
    return is_refused("seccomp_arch_remove") ? -ENOMEM
                                             : __real_seccomp_arch_remove(filter, architecture);
}

int __wrap_seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, ...)
{
    va_list rest;

    if (is_refused("seccomp_rule_add"))
        return -ENOMEM;
    va_start(rest, count);
    int result = filters_add_rule(filter, action, call, count, rest);
    va_end(rest);
    return result;
}

int __real_seccomp_attr_set(scmp_filter_ctx filter, enum scmp_filter_attr attribute,
                            uint32_t value);
int __wrap_seccomp_attr_set(scmp_filter_ctx filter, enum scmp_filter_attr attribute, uint32_t value)
{
    return is_refused("seccomp_attr_set") ? -ENOMEM
                                          : __real_seccomp_attr_set(filter, attribute, value);
}

int __real_seccomp_export_bpf(scmp_filter_ctx filter, int file);
int __wrap_seccomp_export_bpf(scmp_filter_ctx filter, int file)
{
    return is_refused("seccomp_export_bpf") ? -ENOMEM : __real_seccomp_export_bpf(filter, file);
}

static uint32_t another_architecture(void)
{
    return seccomp_arch_native() == SCMP_ARCH_X86_64 ? SCMP_ARCH_AARCH64 : SCMP_ARCH_X86_64;
}

static void each_refusal_of_the_library_is_reported(void **state)
{
    static const char *const calls[] = {"seccomp_init",     "seccomp_arch_add",
                                        "seccomp_rule_add", "seccomp_arch_remove",
                                        "seccomp_attr_set", "seccomp_export_bpf"};

    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        refused = calls[i];
        assert_int_equal(CATCH(syscalls_make(0, another_architecture(), -1)), -1);
        refused = NULL;
        assert_int_equal(errno, ENOMEM);
        assert_string_equal(
            caught, "container: make a filter of system calls: ENOMEM (Cannot allocate memory)\n");
    }
}

/* A list that changes must change what step05 loads. */
static void the_build_has_put_these_filters_in(void **state)
{
    static struct sock_filter code[MOST];

    for (int i = 0; i < SYSCALLS_FILTERS; i++) {
        size_t count = filters_make(i, seccomp_arch_native(), code);

        assert_in_range(count, 10, MOST);
        assert_int_equal(syscalls_filters[i].len, count);
        assert_memory_equal(syscalls_filters[i].filter, code, count * sizeof(*code));
    }
}

static const uint32_t architectures[] = {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64};
enum { ARCHITECTURES = sizeof(architectures) / sizeof(*architectures) };
static struct sock_filter filters[ARCHITECTURES][SYSCALLS_FILTERS][MOST];

static void make_all(void)
{
    for (int a = 0; a < ARCHITECTURES; a++)
        for (int i = 0; i < SYSCALLS_FILTERS; i++)
            filters_make(i, architectures[a], filters[a][i]);
}

static bool is_on_list(const char *name)
{
    for (size_t i = 0; i < sizeof(syscalls_allowed) / sizeof(*syscalls_allowed); i++)
        if (strcmp(syscalls_allowed[i], name) == 0)
            return true;
    return false;
}

/* With arguments of 0, these are allowed or not by their own rules. */
static uint32_t expected(const char *name)
{
    if (strcmp(name, "clone3") == 0)
        return SECCOMP_RET_ERRNO | ENOSYS;
    if (is_on_list(name) || strstr(" clone ioctl personality ", name))
        return SECCOMP_RET_ALLOW;
    return SECCOMP_RET_ERRNO | EPERM;
}

static void the_list_decides_on_each_architecture(void **state)
{
    make_all();
    for (int a = 0; a < ARCHITECTURES; a++)
        for (int number = 0; number < 500; number++) {
            struct seccomp_data data = {.nr = number, .arch = architectures[a]};
            char *name = seccomp_syscall_resolve_num_arch(architectures[a], number);
            uint32_t allowed = filters_run(filters[a][ALLOW], &data),
                     known = filters_run(filters[a][KNOW], &data);
            bool old = name && (number <= 450 || is_on_list(name));

            if (name && allowed != expected(name))
                fail_msg("%s on architecture %#x: %#x", name, architectures[a], allowed);
            free(name);
            assert_int_equal(known, old ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | ENOSYS);
        }
}

/* A call by name, with the argument at this place. */
static void assert_answer(int filter, const char *name, int place, uint64_t value, uint32_t answer)
{
    for (int a = 0; a < ARCHITECTURES; a++) {
        struct seccomp_data data = {.nr = seccomp_syscall_resolve_name_arch(architectures[a], name),
                                    .arch = architectures[a]};

        data.args[place] = value;
        assert_int_equal(filters_run(filters[a][filter], &data), answer);
    }
}

static void arguments_decide_on_each_architecture(void **state)
{
    make_all();
    assert_answer(ALLOW, "clone", 0, CLONE_NEWUSER, SECCOMP_RET_ERRNO | EPERM);
    assert_answer(ALLOW, "clone", 0, CLONE_VM, SECCOMP_RET_ALLOW);
    assert_answer(ALLOW, "socket", 0, AF_VSOCK, SECCOMP_RET_ERRNO | EPERM);
    assert_answer(ALLOW, "socket", 0, AF_INET, SECCOMP_RET_ALLOW);
    assert_answer(ALLOW, "socketpair", 0, AF_INET, SECCOMP_RET_ERRNO | EPERM);
    assert_answer(REFUSE, "ioctl", 1, TIOCSTI, SECCOMP_RET_ERRNO | EPERM);
    assert_answer(REFUSE, "ioctl", 1, TIOCGWINSZ, SECCOMP_RET_ALLOW);
    assert_answer(REFUSE, "mmap", 3, MAP_HUGETLB, SECCOMP_RET_ERRNO | ENOMEM);
    assert_answer(REFUSE, "setrlimit", 0, RLIMIT_CORE, SECCOMP_RET_ERRNO | 0);
}

static void the_other_architecture_kills(void **state)
{
    make_all();
    for (int a = 0; a < ARCHITECTURES; a++)
        for (int i = 0; i < SYSCALLS_FILTERS; i++) {
            struct seccomp_data data = {.arch = architectures[!a]};

            assert_int_equal(filters_run(filters[a][i], &data), SECCOMP_RET_KILL);
        }
}

enum { ALLOWED = sizeof(syscalls_allowed) / sizeof(*syscalls_allowed) };

static void the_list_names_each_call_once(void **state)
{
    for (int i = 0; i < ALLOWED; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(syscalls_allowed[i], syscalls_allowed[j]) == 0)
                fail_msg("%s is there twice", syscalls_allowed[i]);
}

/* Nobody would notice a wrong name: the filter leaves it out. */
static void the_list_has_no_unknown_name(void **state)
{
    static const char newer_than_some_libraries[] = " fchmodat2 futex_waitv ";
    char word[64];

    for (int i = 0; i < ALLOWED; i++) {
        snprintf(word, sizeof(word), " %s ", syscalls_allowed[i]);
        if (seccomp_syscall_resolve_name(syscalls_allowed[i]) == __NR_SCMP_ERROR &&
            !strstr(newer_than_some_libraries, word))
            fail_msg("libseccomp knows no '%s'", syscalls_allowed[i]);
    }
}

/* Docker's list lets about 270 of about 330 system calls through. Ours must not have more. */
static void it_is_shorter_than_dockers(void **state)
{
    int reachable = 5; /* by rules: clone, ioctl, personality, socket, socketpair */

    for (int i = 0; i < ALLOWED; i++)
        reachable += seccomp_syscall_resolve_name(syscalls_allowed[i]) >= 0;
    assert_in_range(reachable, 200, 270);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_refusal_of_the_library_is_reported),
        cmocka_unit_test(the_build_has_put_these_filters_in),
        cmocka_unit_test(the_list_decides_on_each_architecture),
        cmocka_unit_test(arguments_decide_on_each_architecture),
        cmocka_unit_test(the_other_architecture_kills),
        cmocka_unit_test(the_list_names_each_call_once),
        cmocka_unit_test(the_list_has_no_unknown_name),
        cmocka_unit_test(it_is_shorter_than_dockers),
    };
    return check_run(tests);
}
