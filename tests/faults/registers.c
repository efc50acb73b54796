#include "registers.h"

#include <stddef.h>
#include <sys/ptrace.h>

#if defined(__x86_64__) || defined(__i386__)

#include <sys/user.h>

#ifdef __i386__
#define orig_rax orig_eax
#define rax      eax
#endif

int registers_skip_call(pid_t pid)
{
    return (int)ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.orig_rax), -1L);
}

int registers_set_result(pid_t pid, long result)
{
    return (int)ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rax), result);
}

#else /* arm64 */

#include <asm/ptrace.h>
#include <elf.h> /* and not <linux/elf.h>: both define the same types */
#include <sys/uio.h>

int registers_skip_call(pid_t pid)
{
    int number = -1;
    struct iovec part = {&number, sizeof(number)};

    return (int)ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &part);
}

int registers_set_result(pid_t pid, long result)
{
    struct user_pt_regs registers;
    struct iovec part = {&registers, sizeof(registers)};

    if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &part) < 0)
        return -1;
    registers.regs[0] = (unsigned long long)result;
    return (int)ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &part);
}

#endif
