/*
 * filters: makes a filter of system calls and runs it in a small machine, so that it can be for
 * another architecture than the kernel's.
 */
#ifndef FILTERS_H
#define FILTERS_H

#include "check.h"
#include "syscalls_rules.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int __real_seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, ...);

/* For a test that wraps seccomp_rule_add(3). A rule of step05 has at most two arguments. */
static inline int filters_add_rule(scmp_filter_ctx filter, uint32_t action, int call,
                                   unsigned count, va_list rest)
{
    struct scmp_arg_cmp arguments[2] = {0};

    assert_in_range(count, 0, 2);
    for (unsigned i = 0; i < count; i++)
        arguments[i] = va_arg(rest, struct scmp_arg_cmp);
    return __real_seccomp_rule_add(filter, action, call, count, arguments[0], arguments[1]);
}

enum { REFUSE, ALLOW, KNOW }; /* the filters in their order */
enum { MOST = 4096 };         /* the kernel takes no more instructions */

/* Makes the filter and returns how many instructions it has. */
static inline size_t filters_make(int index, uint32_t architecture, struct sock_filter *code)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_int_equal(syscalls_make(index, architecture, fileno(file)), 0);
    rewind(file);
    size_t count = fread(code, sizeof(*code), MOST, file);
    fclose(file);
    return count;
}

static inline bool filters_jump(const struct sock_filter *step, uint32_t value)
{
    switch (BPF_OP(step->code)) {
    case BPF_JEQ:
        return value == step->k;
    case BPF_JGT:
        return value > step->k;
    case BPF_JGE:
        return value >= step->k;
    case BPF_JSET:
        return value & step->k;
    default:
        fail_msg("an unknown jump: %#x", step->code);
        return false;
    }
}

/* What the kernel does with a filter, see its Documentation/networking/filter.rst. */
static inline uint32_t filters_run(const struct sock_filter *step, const struct seccomp_data *data)
{
    uint32_t value = 0;

    for (;; step++)
        switch (BPF_CLASS(step->code)) {
        case BPF_LD:
            memcpy(&value, (const char *)data + step->k, sizeof(value));
            break;
        case BPF_ALU: /* no filter of libseccomp computes anything else */
            assert_int_equal(step->code, BPF_ALU | BPF_AND | BPF_K);
            value &= step->k;
            break;
        case BPF_JMP:
            if (BPF_OP(step->code) == BPF_JA)
                step += step->k;
            else
                step += filters_jump(step, value) ? step->jt : step->jf;
            break;
        case BPF_RET:
            return step->k;
        default:
            fail_msg("an unknown instruction: %#x", step->code);
        }
}

#endif
