/*
 * The system calls that a program inside may make on i386, besides those in syscalls_allowed.h.
 * Most of them do what a call of that list does, with wider numbers. A name with 32 is of user ids,
 * one with 64 of places in a file, and one with time64 of times after 2038.
 *
 * Three kinds are left out: what harms (modify_ldt, vm86), what no C library calls any more
 * (signal, sigaction, waitpid, readdir), and what sets the clock.
 */
#ifndef SYSCALLS_I386_ALLOWED_H
#define SYSCALLS_I386_ALLOWED_H

/* clang-format would put each name on a line of its own. */
/* clang-format off */
static const char *const syscalls_i386_allowed[] = {
    /* Files. */
    "_llseek", "chown32", "fadvise64_64", "fchown32", "fcntl64", "fstat64", "fstatat64",
    "fstatfs64", "ftruncate64", "lchown32", "lstat64", "sendfile64", "stat64", "statfs64",
    "truncate64", "utimensat_time64",
    /* Waiting. */
    "_newselect", "ppoll_time64", "pselect6_time64",
    /* Memory, processes and threads. set_thread_area tells where a thread has its variables. */
    "futex_time64", "mmap2", "set_thread_area", "ugetrlimit",
    /* Signals, timers, and the clock, which may be read. */
    "clock_adjtime64", "clock_getres_time64", "clock_gettime64", "clock_nanosleep_time64",
    "rt_sigtimedwait_time64", "sigprocmask", "sigreturn", "timer_gettime64", "timer_settime64",
    "timerfd_gettime64", "timerfd_settime64",
    /* Users. */
    "getegid32", "geteuid32", "getgid32", "getgroups32", "getresgid32", "getresuid32", "getuid32",
    "setfsgid32", "setfsuid32", "setgid32", "setgroups32", "setregid32", "setresgid32",
    "setresuid32", "setreuid32", "setuid32",
    /* Sockets that exist already. recv and send are only in socketcall. */
    "recv", "recvmmsg_time64", "send",
    /* Communication. */
    "mq_timedreceive_time64", "mq_timedsend_time64", "semtimedop_time64",
};
/* clang-format on */

#endif
