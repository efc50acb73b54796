/*
 * The system calls that a program inside may make, in groups by purpose. A name is skipped if the
 * filter's architecture, or libseccomp where the program is built, does not know it: then the call
 * is refused. clone, ioctl, personality, socket and socketpair have
 * rules of their own in syscalls_rules.c.
 *
 * Left out besides what harms: calls that no C library makes any more (futimesat, signalfd), or not
 * yet (futex_wait), calls that hardly any program makes (tee, rt_tgsigqueueinfo), and io_setup,
 * whose limit is one for the whole host.
 */
#ifndef SYSCALLS_ALLOWED_H
#define SYSCALLS_ALLOWED_H

/* clang-format would put each name on a line of its own. */
/* clang-format off */
static const char *const syscalls_allowed[] = {
    /* Files by path. Every program needs these; the file system decides what is allowed. */
    "access", "chdir", "chmod", "chown", "chroot", "creat", "faccessat", "faccessat2",
    "fchmodat", "fchmodat2", "fchownat", "getcwd", "getdents", "getdents64", "getxattr",
    "lchown", "lgetxattr", "link", "linkat", "listxattr", "llistxattr", "lremovexattr",
    "lsetxattr", "lstat", "mkdir", "mkdirat", "mknod", "mknodat", "newfstatat", "open",
    "openat", "openat2", "readlink", "readlinkat", "removexattr", "rename", "renameat",
    "renameat2", "rmdir", "setxattr", "stat", "statfs", "statx", "symlink", "symlinkat",
    "truncate", "umask", "unlink", "unlinkat", "utime", "utimensat", "utimes",
    /* Open files: reading, writing, and moving data between them inside the kernel. */
    "close", "close_range", "copy_file_range", "dup", "dup2", "dup3", "fadvise64", "fallocate",
    "fchdir", "fchmod", "fchown", "fcntl", "fdatasync", "fgetxattr", "flistxattr", "flock",
    "fremovexattr", "fsetxattr", "fstat", "fstatfs", "fsync", "ftruncate", "lseek", "pipe",
    "pipe2", "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read",
    "readahead", "readv", "sendfile", "splice", "sync", "sync_file_range", "sync_file_range2",
    "syncfs", "vmsplice", "write", "writev",
    /* Waiting for several things at once, as servers and shells do. */
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "eventfd2", "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch",
    "poll", "ppoll", "pselect6", "select", "signalfd4",
    /* The memory of the process itself. RLIMIT_MEMLOCK bounds what it locks. */
    "brk", "madvise", "memfd_create", "mincore", "mlock", "mlock2", "mlockall", "mmap",
    "mprotect", "mremap", "msync", "munlock", "munlockall", "munmap", "pkey_alloc", "pkey_free",
    "pkey_mprotect",
    /* Processes and threads. The rule for clone allows no new namespaces. */
    "arch_prctl", "execve", "execveat", "exit", "exit_group", "fork", "futex", "futex_waitv",
    "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getrlimit", "getrusage",
    "getsid", "gettid", "membarrier", "pidfd_open", "pidfd_send_signal", "prctl", "prlimit64",
    "restart_syscall", "rseq", "set_robust_list", "set_tid_address", "setpgid", "setpriority",
    "setrlimit", "setsid", "times", "vfork", "wait4", "waitid", "riscv_flush_icache",
    /* Scheduling within the cgroup's share. Real-time priorities take a right that is not here. */
    "getcpu", "ioprio_get", "ioprio_set", "sched_get_priority_max", "sched_get_priority_min",
    "sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler",
    "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield",
    /*
     * Signals, timers and the clock. The clock may be read, but not set: for that, adjtimex and
     * clock_adjtime take CAP_SYS_TIME in the host's user namespace.
     */
    "adjtimex", "alarm", "clock_adjtime", "clock_getres", "clock_gettime", "clock_nanosleep",
    "getitimer", "gettimeofday", "kill", "nanosleep", "pause", "rt_sigaction", "rt_sigpending",
    "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
    "setitimer", "sigaltstack", "tgkill", "time", "timer_create", "timer_delete",
    "timer_getoverrun", "timer_gettime", "timer_settime", "timerfd_create", "timerfd_gettime",
    "timerfd_settime", "tkill",
    /* Users and rights. A service gives up its own rights; dpkg sets the rights of a file. */
    "capget", "capset", "getegid", "geteuid", "getgid", "getgroups", "getresgid", "getresuid",
    "getuid", "landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self",
    "seccomp", "setfsgid", "setfsuid", "setgid", "setgroups", "setregid", "setresgid",
    "setresuid", "setreuid", "setuid",
    /* Sockets that exist already. The network namespace decides whom they can reach. */
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt",
    "listen", "recvfrom", "recvmmsg", "recvmsg", "sendmmsg", "sendmsg", "sendto", "setsockopt",
    "shutdown",
    /* System V and POSIX communication, in the IPC namespace. */
    "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend", "mq_unlink",
    "msgctl", "msgget", "msgrcv", "msgsnd", "semctl", "semget", "semop", "semtimedop", "shmat",
    "shmctl", "shmdt", "shmget",
    /* Facts about the system, and random numbers. */
    "getrandom", "sysinfo", "uname",
};
/* clang-format on */

#endif
