#include "floor.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const environment[] = {"PATH=/bin", "HOME=/root", "TERM=dumb", NULL};

static void run(const struct floor *f)
{
    floor_must(execve(f->command[0], f->command, environment), f->command[0]);
}

static void change_root_to(const char *path)
{
    floor_must(chroot(path), path);
    floor_must(chdir("/"), "chdir");
}

static void mount_proc(void)
{
    floor_must(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "proc");
}

void floor_enter_chroot(struct floor *f)
{
    change_root_to(f->image);
    run(f);
}

void floor_enter_layers(struct floor *f)
{
    change_root_to("merged");
    mount_proc();
    run(f);
}

/* Waits until the launcher has mapped the ids. In step 5 root gets the mount of its image here. */
static void pass_gate(struct floor *f)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof(control.space)};

    floor_must(recvmsg(f->gate[1], &message, MSG_CMSG_CLOEXEC), "recvmsg");
    if (CMSG_FIRSTHDR(&message))
        memcpy(&f->lower, CMSG_DATA(&control.header), sizeof(f->lower));
}

static void leave_host(struct floor *f)
{
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};

    pass_gate(f);
    if (f->step > 3)
        floor_must(unshare(CLONE_NEWCGROUP), "unshare");
    floor_must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
    floor_must(sethostname(f->name, strlen(f->name)), "sethostname");
    int network = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    floor_must(network, "socket");
    floor_must(ioctl(network, SIOCSIFFLAGS, &loopback), "loopback");
    close(network);
}

void floor_enter_namespaces(struct floor *f)
{
    leave_host(f);
    floor_mount_layers(f, "userxattr,volatile");
    change_root_to("merged");
    mount_proc();
    run(f);
}

/* Process 1 gets a signal when its child ends. It would also pass others on, and reap orphans. */
static void be_init(const struct floor *f)
{
    sigset_t all;
    int status;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    pid_t command = fork();
    floor_must(command, "fork");
    if (command == 0) {
        sigprocmask(SIG_UNBLOCK, &all, NULL);
        run(f);
    }
    sigwaitinfo(&all, NULL);
    floor_must(waitpid(command, &status, 0), "waitpid");
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

void floor_enter_full(struct floor *f)
{
    leave_host(f);
    floor_must(setsid(), "setsid");
    floor_must(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), "keyctl");
    floor_change_root(f);
    floor_give_up_rights(f);
    be_init(f);
}
