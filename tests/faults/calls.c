#include "calls.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CALLS = 512 };

/*
 * Neither fails nor gets a signal:
 * - what cannot fail: who am I, umask, the end of a process;
 * - what fails only for a wrong argument: wait4, futex, munmap;
 * - what libc does before main(), where a failure is its own matter: arch_prctl to mprotect. brk
 *   belongs to both: it says the old end, and malloc goes on with mmap, which does fail here.
 */
static const char left_out[] =
    " getpid gettid getppid getuid geteuid getgid getegid getpgrp getpgid getsid umask"
    " exit exit_group rt_sigreturn restart_syscall wait4 waitid futex munmap madvise"
    " clock_gettime sched_yield uname"
    " brk arch_prctl set_tid_address set_robust_list rseq mprotect ";

/* EPERM, ENOMEM, EIO, EINTR, EMFILE, ENOSPC, EAGAIN. */
static const char all_letters[] = "PMINFSA";

/* Where a manual page names none of them, P is the refusal by a filter or a security module. */
static const struct {
    const char *errors, *names;
} kinds[] = {
    {"PMIFNS", " open openat openat2 creat "},
    {"PMIS", " mkdir mkdirat symlink symlinkat link linkat mknod mknodat rename renameat renameat2 "
             "mount fsconfig move_mount ftruncate fallocate "},
    {"PMI", " stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat "
            "getcwd chdir fchdir chroot pivot_root umount2 getdents64 lseek "
            "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat unlink unlinkat rmdir "
            "utimensat statfs fstatfs "},
    {"MI", " mount_setattr "}, /* EPERM: no idmapped mounts here; step05 says so, and goes on */
    {"PMIF", " open_tree fsopen fsmount fspick "},
    {"PMINSA", " write writev pwrite64 sendfile copy_file_range splice "},
    {"MINA", " read readv pread64 recvmsg recvfrom "},
    {"PMNA", " sendmsg sendto connect "},
    {"PMF",
     " socket socketpair pipe pipe2 memfd_create signalfd signalfd4 pidfd_open epoll_create1 "
     "eventfd2 timerfd_create "},
    {"PMSA", " clone clone3 fork vfork unshare "},
    {"PMIFA", " execve execveat "},
    {"INS", " close "},
    {"MFN", " dup dup2 dup3 "},
    {"PMFNA", " fcntl flock "},
    {"PIN", " ioctl "},
    {"MN", " poll ppoll select pselect6 "},
    {"N", " nanosleep clock_nanosleep rt_sigsuspend pause "},
    {"NA", " rt_sigtimedwait "},
    {"PNA", " getrandom "},
    {"PMA", " mmap mremap setuid setgid setreuid setregid setresuid setresgid setgroups "},
    {"P", " prctl prlimit64 setrlimit getrlimit capget kill tgkill rt_sigaction rt_sigprocmask "
          "setsid setpgid sethostname keyctl "},
};

static bool is_in(const char *list, int number)
{
    char word[64];

    snprintf(word, sizeof(word), " %s ", calls_name(number));
    return strstr(list, word) != NULL;
}

const char *calls_name(int number)
{
    static char names[MOST_CALLS][32];

    if (number < 0 || number >= MOST_CALLS)
        return "call-?";
    if (!*names[number]) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

        if (name)
            snprintf(names[number], sizeof(*names), "%s", name);
        else
            snprintf(names[number], sizeof(*names), "call-%d", number);
        free(name);
    }
    return names[number];
}

bool calls_is_left_out(int number)
{
    return is_in(left_out, number);
}

bool calls_acts_anyway(int number)
{
    return is_in(" close ", number);
}

const int calls_all_errors[CALLS_MOST_ERRORS] = {EPERM, ENOMEM, EIO, EINTR, EMFILE, ENOSPC, EAGAIN};

int calls_errors(int number, int *errors)
{
    const char *letters = "PM"; /* a call that no kind has */
    int count = 0;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (is_in(kinds[i].names, number))
            letters = kinds[i].errors;
    for (; *letters; letters++)
        errors[count++] = calls_all_errors[strchr(all_letters, *letters) - all_letters];
    return count;
}
