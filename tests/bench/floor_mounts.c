#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    QUIET = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
    HARMLESS = QUIET | MOUNT_ATTR_NODEV,
    READ_ONLY = HARMLESS | MOUNT_ATTR_RDONLY,
};

/* <sys/mount.h> declares mount(2) and umount2(2), but with glibc 2.35 it does not compile beside
 * <linux/mount.h>. */
enum { MNT_DETACH = 2 };

static int mount(const char *source, const char *path, const char *type, unsigned long flags,
                 const char *options)
{
    return (int)syscall(SYS_mount, source, path, type, flags, options);
}

/* `options` are pairs of a name and a value, and end with NULL. */
static int new_mount(const char *type, const char *const *options, unsigned attributes)
{
    int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);

    floor_must(context, type);
    for (; *options; options += 2)
        floor_must(syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, options[0], options[1], 0),
                   options[0]);
    floor_must(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
    int made = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
    floor_must(made, type);
    return made;
}

/* A link in the image may lead anywhere, so the place is opened without one. */
static void attach(int mounted, const char *path)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
    int place = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

    floor_must(place, path);
    floor_must(syscall(SYS_move_mount, mounted, "", place, "",
                       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
               path);
}

static void restrict_mount(const char *path, unsigned flags, unsigned attributes)
{
    struct mount_attr attr = {.attr_set = attributes};

    floor_must(syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &attr, sizeof(attr)), path);
}

/* Returns whether `path` is there. */
static bool bind_to(const char *source, const char *path)
{
    if (mount(source, path, NULL, MS_BIND, NULL) == 0)
        return true;
    floor_must(errno == ENOENT ? 0 : -1, path);
    return false;
}

static void become_root(const struct floor *f)
{
    if (f->root)
        floor_must(setgroups(0, NULL), "setgroups");
    floor_must(setresgid(0, 0, 0), "setresgid");
    floor_must(setresuid(0, 0, 0), "setresuid");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void make_storage(const struct floor *f)
{
    floor_must(mount("tmpfs", ".", "tmpfs", MS_NOSUID | MS_NODEV,
                     "size=268435456,nr_inodes=65536,mode=700"),
               "storage");
    floor_must(chdir(f->folder), f->folder);
    floor_must(mkdir("upper", 0755), "upper");
    floor_must(mkdir("work", 0755), "work");
    floor_must(mkdir("merged", 0755), "merged");
    floor_must(mkdir("shm", 01777), "shm");
    floor_must(chmod("shm", 01777), "shm");
    if (f->lower >= 0) {
        floor_must(mkdir("lower", 0755), "lower");
        attach(f->lower, "lower");
    }
    floor_mount_layers(f, "userxattr");
}

/* `host` and `storage` are folders, whose paths are gone. Here they can be the current folder. */
static void make_devices(int host, int storage)
{
    static const char *const names[][2] = {
        {"dev/null", "/dev/null"},     {"dev/zero", "/dev/zero"},       {"dev/full", "/dev/full"},
        {"dev/random", "/dev/random"}, {"dev/urandom", "/dev/urandom"}, {"dev/tty", "/dev/tty"},
    };
    static const char *const links[][2] = {
        {"/proc/self/fd", "/dev/fd"},       {"/proc/self/fd/0", "/dev/stdin"},
        {"/proc/self/fd/1", "/dev/stdout"}, {"/proc/self/fd/2", "/dev/stderr"},
        {"pts/ptmx", "/dev/ptmx"},
    };

    floor_must(fchdir(host), "host");
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        floor_must(mknod(names[i][1], S_IFREG | 0666, 0), names[i][1]);
        bind_to(names[i][0], names[i][1]);
    }
    floor_must(mkdir("/dev/pts", 0755), "/dev/pts");
    floor_must(mkdir("/dev/shm", 0755), "/dev/shm");
    floor_must(mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=0666,mode=0620,max=256"),
               "devpts");
    floor_must(fchdir(storage), "storage");
    bind_to("shm", "/dev/shm");
    restrict_mount("/dev", AT_RECURSIVE, QUIET);
    restrict_mount("/dev/shm", 0, HARMLESS);
    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
        floor_must(symlink(links[i][0], links[i][1]), links[i][1]);
}

static void limit_tables(void)
{
    static const char *const limits[][2] = {
        {"inotify_instances", "32"}, {"inotify_watches", "8192"}, {"user_namespaces", "0"},
        {"uts_namespaces", "0"},     {"ipc_namespaces", "0"},     {"pid_namespaces", "0"},
        {"net_namespaces", "0"},     {"time_namespaces", "0"},
    };
    char path[64];

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        snprintf(path, sizeof(path), "/proc/sys/user/max_%s", limits[i][0]);
        floor_write(path, limits[i][1]);
    }
}

/* The first cover is made and restricted, and those after it are copies of it. */
static void cover(const char *const *paths, size_t count)
{
    const char *first = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!bind_to(first ? first : "/dev/null", paths[i]) || first)
            continue;
        first = paths[i];
        restrict_mount(first, 0, READ_ONLY);
    }
}

static void protect_proc(void)
{
    static const char *const settings[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                           "/proc/sysrq-trigger"};
    static const char *const secrets[] = {
        "/proc/interrupts",  "/proc/kallsyms",   "/proc/kcore",
        "/proc/keys",        "/proc/kmsg",       "/proc/latency_stats",
        "/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats",
    };

    for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
        if (bind_to(settings[i], settings[i]))
            restrict_mount(settings[i], 0, READ_ONLY);
    cover(secrets, sizeof(secrets) / sizeof(*secrets));
}

static void hide_folders(void)
{
    static const char *const folders[] = {"/sys/devices/virtual/powercap", "/proc/acpi",
                                          "/proc/asound", "/proc/scsi"};
    char heat[64] = "/sys/firmware";

    floor_must(mount("tmpfs", heat, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                     "nr_inodes=1,mode=555"),
               heat);
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
        bind_to("/sys/firmware", folders[i]);
    for (int cpu = 0; *heat; cpu++) {
        snprintf(heat, sizeof(heat), "/sys/devices/system/cpu/cpu%d/thermal_throttle", cpu);
        if (!bind_to("/sys/firmware", heat))
            *heat = '\0';
    }
}

void floor_change_root(const struct floor *f)
{
    static const char *const small[] = {"mode", "755", "size", "64k", "nr_inodes", "256", NULL};
    const char *const none = NULL;
    int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int proc = new_mount("proc", &none, HARMLESS);
    int sys = new_mount("sysfs", &none, READ_ONLY);

    floor_must(host, "/");
    become_root(f);
    make_storage(f);
    int storage = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    floor_must(chdir("merged"), "merged");
    floor_must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    attach(proc, "/proc");
    attach(sys, "/sys");
    attach(new_mount("tmpfs", small, QUIET), "/dev");
    make_devices(host, storage);
    floor_must(fchdir(host), "host");
    floor_must(syscall(SYS_umount2, ".", MNT_DETACH), "umount");
    floor_must(chdir("/"), "/");
    limit_tables();
    protect_proc();
    hide_folders();
    restrict_mount("/", 0, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}
