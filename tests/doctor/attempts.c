#include "doctor.h"

#include "cgroup.h"
#include "chroot.h"
#include "devices.h"
#include "file.h"
#include "hostname.h"
#include "idmap.h"
#include "loopback.h"
#include "lower.h"
#include "namespaces.h"
#include "no_new_privs.h"
#include "overlay.h"
#include "pivot.h"
#include "proc.h"
#include "report.h"
#include "syscalls.h"
#include "sysfs.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/types.h>
#include <unistd.h>

/* One attempt is made at a time: for this machine, and the table's row of it. */
static struct doctor_machine *machine;
static const struct attempt *row;

static int try_chroot(void)
{
    return chroot_enter("/");
}

static int try_userns(void)
{
    return hostname_set("doctor") < 0 ? -1 : loopback_up();
}

static int try_seccomp(void)
{
    return no_new_privs_set() < 0 ? -1 : syscalls_filter();
}

static int try_sysfs_mount(void)
{
    int mount = sysfs_open();

    return mount < 0 ? -1 : sysfs_attach(mount);
}

/* The devices are the host's, and must be opened before the root changes. */
static int try_devices(void)
{
    struct devices d;

    return devices_open(&d) < 0 || chroot_enter(machine->image) < 0 ? -1 : devices_attach(&d);
}

static int try_pivot_root(void)
{
    /* The new root must be a mount. */
    if (mount(machine->image, machine->image, NULL, MS_BIND, NULL) < 0)
        return report_errno("bind %s to itself", machine->image);
    return pivot_enter(machine->image);
}

/* With the image that stands beside this program, or else with the empty one. */
static int mount_layers(const char *option)
{
    struct overlay layers = {0};
    char image[PATH_MAX] = "";
    ssize_t length = readlink("/proc/self/exe", image, sizeof(image) - sizeof("rootfs"));

    if (length > 0)
        strcpy(strrchr(image, '/') + 1, "rootfs");
    if (overlay_make(&layers, machine->work, option ? "user" : "root",
                     access(image, R_OK | X_OK) == 0 ? image : machine->image) < 0 ||
        overlay_mount(&layers, option) < 0)
        return -1;
    return overlay_unmount(&layers);
}

/*
 * Asks the kernel for a mount that is private and shared at once. It first checks the right to
 * mount in this namespace, and then refuses with EINVAL, so that nothing is mounted.
 */
static int may_mount(void)
{
    if (mount(NULL, "/", NULL, MS_PRIVATE | MS_SHARED, NULL) < 0 && errno == EINVAL)
        return 0;
    return report_errno("mount in the mount namespace of this process");
}

static int try_overlay_root(void)
{
    if (may_mount() < 0)
        return -1;
    if (unshare(CLONE_NEWNS) < 0)
        return report_errno("unshare the mount namespace");
    /* It fails in a chroot, where / is no mount. The overlay is then seen outside for a moment. */
    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return mount_layers(NULL);
}

static int try_overlay_user(void)
{
    return mount_layers("userxattr");
}

static int do_nothing(void *arg)
{
    return 0;
}

static int open_lower(void *arg, pid_t child)
{
    bool mapped = false;

    if (idmap_write(child) < 0)
        return -1;
    cleanup_fd int mount = lower_open(machine->work, child, &mapped);
    return mount >= 0 && mapped ? 0 : -1;
}

static int try_idmapped_mounts(void)
{
    return namespaces_run(do_nothing, open_lower, NULL);
}

static const struct attempt {
    const char *code;
    /* In this process's namespaces; as root in new ones, as step03 makes them; or there, after
     * the empty image has become /, so that a module mounts as in a container. */
    enum { HERE, INSIDE, IN_IMAGE } where;
    enum { NOTHING, SCRATCH, USERNS, LAYERS } needs; /* with all that stand before it */
    int (*act)(void);
    const char *found; /* when it succeeds; %s is the folder of containers */
} attempts[] = {
    {"chroot", HERE, NOTHING, try_chroot, "chroot is allowed"},
    {"overlay-root", HERE, SCRATCH, try_overlay_root, "root can mount an overlay"},
    {"userns", INSIDE, NOTHING, try_userns,
     "mount, UTS, IPC, network, PID and user namespaces can be made"},
    {"overlay-user", INSIDE, LAYERS, try_overlay_user,
     "an overlay can be mounted in a user namespace"},
    {"proc-mount", IN_IMAGE, USERNS, proc_mount, "proc can be mounted for a PID namespace"},
    {"cgroup-namespace", INSIDE, USERNS, cgroup_enter_namespace, "a cgroup namespace can be made"},
    {"pivot-root", INSIDE, USERNS, try_pivot_root, "pivot_root works"},
    {"sysfs-mount", IN_IMAGE, USERNS, try_sysfs_mount,
     "sysfs can be mounted for a network namespace"},
    {"devices", INSIDE, USERNS, try_devices,
     "a /dev can be made of a tmpfs and the host's devices"},
    {"seccomp", HERE, NOTHING, try_seccomp, "a system call filter can be loaded"},
    {"idmapped-mounts", HERE, USERNS, try_idmapped_mounts,
     "the ids of a mount can be mapped, in %s"},
};

/* A lack that makes other attempts fail is counted once, so these are not made. */
static const char *find_missing(void)
{
    if (row->needs >= LAYERS && machine->on_overlay)
        return "scratch-overlay";
    if (row->needs >= USERNS && !machine->userns)
        return "userns";
    return row->needs >= SCRATCH && !*machine->work ? "scratch" : NULL;
}

static int admit(void *arg, pid_t child)
{
    return idmap_write(child);
}

static int enter(void *arg)
{
    if (namespaces_private_mounts() < 0)
        return -1;
    if (row->where == IN_IMAGE && chroot_enter(machine->image) < 0)
        return -1;
    return row->act();
}

static int run(void *arg)
{
    return row->where == HERE ? row->act() : namespaces_run(enter, admit, NULL);
}

/* A setting that forbids user namespaces has a cure. */
static void cure_userns(struct doctor_result *r)
{
    struct doctor_result setting = {0};

    doctor_check_userns_sysctl(machine, &setting);
    if (setting.state != DOCTOR_LACK && machine->uid != 0)
        doctor_check_apparmor_userns(machine, &setting);
    doctor_cure(r, "%s", setting.cure);
}

static void cure(struct doctor_result *r)
{
    bool invalid = strstr(r->found, "EINVAL");

    if (row->act == try_idmapped_mounts)
        r->state = DOCTOR_NOTE; /* step05 runs without them */
    else if (row->act == try_userns)
        cure_userns(r);
    else if (row->act == try_chroot && machine->uid != 0)
        doctor_cure(r, "sudo build/step01 build/rootfs");
    else if (row->act == try_pivot_root && invalid) /* / is the initramfs */
        doctor_cure(r, "switch_root /newroot /sbin/init");
    else if (row->act == try_overlay_root && invalid && machine->on_overlay)
        doctor_cure_scratch(machine, r);
    else if (strstr(r->found, "mount overlay on ") && strstr(r->found, "ENODEV"))
        doctor_cure(r, "sudo modprobe overlay");
}

void doctor_check_attempt(struct doctor_machine *m, struct doctor_result *r)
{
    machine = m;
    row = attempts;
    while (strcmp(row->code, m->check->code) != 0)
        row++;
    const char *missing = find_missing();
    if (missing) {
        doctor_note(r, "not tried: it needs %s", missing);
    } else if (doctor_try(DOCTOR_APART, run, NULL, r)) {
        doctor_ok(r, row->found, file_scratch(NULL));
        m->userns |= row->act == try_userns;
    } else {
        cure(r);
    }
}
