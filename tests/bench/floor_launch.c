#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int mount_read_only(const char *path)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    int file = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

    if (file >= 0)
        floor_must(syscall(SYS_mount_setattr, file, "", AT_EMPTY_PATH, &attr, sizeof(attr)), path);
    return file;
}

/* An ordinary user may mount only in a user namespace: a child enters one, and shares descriptors.
 */
static int mount_by_child(void)
{
    struct clone_args args = {.flags = CLONE_FILES | CLONE_NEWUSER | CLONE_NEWNS | CLONE_VFORK};
    char path[PATH_MAX] = "";
    int status;

    floor_must(readlink("/proc/self/exe", path, sizeof(path) - 1), "readlink");
    pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    floor_must(child, "clone3");
    if (child == 0)
        _exit(mount_read_only(path));
    floor_must(waitpid(child, &status, __WCLONE), "waitpid");
    return WEXITSTATUS(status);
}

/* The word "again" as the name of the program tells the second start. */
void floor_seal(char **argv)
{
    static char again[] = "again";

    if (strcmp(argv[0], again) == 0) {
        floor_must(close_range(3, ~0U, 0), "close_range");
        return;
    }
    argv[0] = again;
    int file = mount_read_only("/proc/self/exe");
    if (file < 0)
        file = mount_by_child();
    floor_must(execveat(file, "", argv, environ, AT_EMPTY_PATH), "execveat");
}

static pid_t start(const struct floor *f)
{
    struct clone_args args = {.exit_signal = SIGCHLD};

    if (f->step > 2)
        args.flags =
            CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID;
    if (f->group >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (unsigned)f->group;
    }
    pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    floor_must(child, "clone3");
    return child;
}

/* In step 5 root inside is a number that is nobody outside, in steps 3 and 4 it is the caller. */
static void map_ids(const struct floor *f, pid_t child)
{
    char path[64], map[64];

    if (!f->root) {
        snprintf(path, sizeof(path), "/proc/%d/setgroups", child);
        floor_write(path, "deny");
    }
    snprintf(map, sizeof(map), "0 %u 1", geteuid());
    if (f->root && f->step < 5)
        snprintf(map, sizeof(map), "0 0 %u", ~0U);
    else if (f->root)
        snprintf(map, sizeof(map), "0 %d %d", FLOOR_FIRST_ID, FLOOR_IDS);
    snprintf(path, sizeof(path), "/proc/%d/uid_map", child);
    floor_write(path, map);
    snprintf(path, sizeof(path), "/proc/%d/gid_map", child);
    if (!f->root)
        snprintf(map, sizeof(map), "0 %u 1", getegid());
    floor_write(path, map);
}

/* The launcher holds them, so that exec can enter the container. Returns the user namespace. */
static int hold_namespaces(pid_t child)
{
    static const char *const kinds[] = {"user", "mnt", "uts", "ipc", "net", "pid"};
    char path[64];
    int users = -1;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        snprintf(path, sizeof(path), "/proc/%d/ns/%s", child, kinds[i]);
        int namespace = open(path, O_RDONLY | O_CLOEXEC);
        floor_must(namespace, path);
        users = i == 0 ? namespace : users;
    }
    return users;
}

static int map_image(const struct floor *f, int users)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_IDMAP,
                              .userns_fd = (unsigned)users};
    int image =
        (int)syscall(SYS_open_tree, AT_FDCWD, f->image, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

    floor_must(image, f->image);
    floor_must(syscall(SYS_mount_setattr, image, "", AT_EMPTY_PATH, &attr, sizeof(attr)), "idmap");
    return image;
}

/* Lets the child go on, and hands it the mount of the image. */
static void open_gate(const struct floor *f, int image)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    struct iovec byte = {.iov_base = "", .iov_len = 1};
    struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1};

    if (image >= 0) {
        memcpy(CMSG_DATA(&control.header), &image, sizeof(image));
        message.msg_control = control.space;
        message.msg_controllen = sizeof(control.space);
    }
    floor_must(sendmsg(f->gate[0], &message, MSG_NOSIGNAL), "sendmsg");
}

static void admit(const struct floor *f, pid_t child)
{
    char pid[16];
    int image = -1;

    map_ids(f, child);
    floor_add_to_cgroups(f, child);
    if (f->step == 5) {
        int users = hold_namespaces(child);
        if (f->root)
            image = map_image(f, users);
    }
    int file = open("pid", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    floor_must(file, "pid");
    floor_must(write(file, pid, (size_t)snprintf(pid, sizeof(pid), "%d\n", child)), "pid");
    close(file);
    open_gate(f, image);
}

/* Signals wait until the launcher takes them: it would pass them on to the command. */
int floor_launch(struct floor *f, void (*enter)(struct floor *))
{
    sigset_t all;
    int status;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    floor_must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, f->gate), "socketpair");
    pid_t child = start(f);
    if (child == 0) {
        sigprocmask(SIG_UNBLOCK, &all, NULL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        enter(f);
        _exit(FLOOR_FAILED);
    }
    if (f->step > 2)
        admit(f, child);
    sigwaitinfo(&all, NULL);
    floor_must(waitpid(child, &status, 0), "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
