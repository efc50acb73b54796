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

static int try_chroot(struct doctor_machine *m)
{
    return chroot_enter("/");
}

static int try_userns(struct doctor_machine *m)
{
    return hostname_set("doctor") < 0 ? -1 : loopback_up();
}

static int try_cgroup_namespace(struct doctor_machine *m)
{
    return cgroup_enter_namespace();
}

static int try_seccomp(struct doctor_machine *m)
{
    return no_new_privs_set() < 0 ? -1 : syscalls_filter();
}

/* The image becomes the root, and the modules mount there as in a container. */
static int try_proc_mount(struct doctor_machine *m)
{
    return chroot_enter(m->image) < 0 ? -1 : proc_mount();
}

static int try_sysfs_mount(struct doctor_machine *m)
{
    int mount = sysfs_open();

    return mount < 0 || chroot_enter(m->image) < 0 ? -1 : sysfs_attach(mount);
}

static int try_devices(struct doctor_machine *m)
{
    struct devices d;

    return devices_open(&d) < 0 || chroot_enter(m->image) < 0 ? -1 : devices_attach(&d);
}

static int try_pivot_root(struct doctor_machine *m)
{
    /* The new root must be a mount. */
    if (mount(m->image, m->image, NULL, MS_BIND, NULL) < 0)
        return report_errno("bind %s to itself", m->image);
    return pivot_enter(m->image);
}

/* Of the image that is there, beside this program, or else of the empty one. */
static int mount_layers(struct doctor_machine *m, const char *option)
{
    struct overlay layers = {0};
    char image[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", image, sizeof(image) - sizeof("rootfs"));

    image[length < 0 ? 0 : length] = '\0';
    char *name = strrchr(image, '/');
    if (name)
        strcpy(name, "/rootfs");
    if (overlay_make(&layers, m->work, option ? "user" : "root",
                     access(image, R_OK | X_OK) == 0 ? image : m->image) < 0 ||
        overlay_mount(&layers, option) < 0)
        return -1;
    return overlay_unmount(&layers);
}

/*
 * Whether this process may mount where it is, without a mount: the kernel looks at that first, and
 * then refuses, with EINVAL, what is to be private and shared at once.
 */
static int may_mount(void)
{
    if (mount(NULL, "/", NULL, MS_PRIVATE | MS_SHARED, NULL) < 0 && errno == EINVAL)
        return 0;
    return report_errno("mount in the mount namespace of this process");
}

static int try_overlay_root(struct doctor_machine *m)
{
    if (may_mount() < 0)
        return -1;
    if (unshare(CLONE_NEWNS) < 0)
        return report_errno("unshare the mount namespace");
    /* In a chroot, whose / is no mount, it fails: the overlay is seen outside, for a moment. */
    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return mount_layers(m, NULL);
}

static int try_overlay_user(struct doctor_machine *m)
{
    return mount_layers(m, "userxattr");
}

static int do_nothing(void *m)
{
    return 0;
}

static int open_lower(void *arg, pid_t child)
{
    struct doctor_machine *m = arg;
    bool mapped = false;

    if (idmap_write(child) < 0)
        return -1;
    int mount = lower_open(m->work, child, &mapped);
    if (mount >= 0)
        close(mount);
    return mapped ? 0 : -1;
}

static int try_idmapped_mounts(struct doctor_machine *m)
{
    return namespaces_run(do_nothing, open_lower, m);
}

static const struct attempt {
    const char *code;
    enum { APART, INSIDE } where; /* inside: by root in new namespaces, as step03 makes them */
    enum { NOTHING, SCRATCH, USERNS, LAYERS } needs; /* and all that come before it */
    int (*attempt)(struct doctor_machine *m);
    const char *found; /* when it succeeds; %s is the folder of containers */
} attempts[] = {
    {"chroot", APART, NOTHING, try_chroot, "chroot is allowed"},
    {"overlay-root", APART, SCRATCH, try_overlay_root, "root can mount an overlay"},
    {"userns", INSIDE, NOTHING, try_userns,
     "mount, UTS, IPC, network, PID and user namespaces can be made"},
    {"overlay-user", INSIDE, LAYERS, try_overlay_user,
     "an overlay can be mounted in a user namespace"},
    {"proc-mount", INSIDE, USERNS, try_proc_mount, "proc can be mounted for a PID namespace"},
    {"cgroup-namespace", INSIDE, USERNS, try_cgroup_namespace, "a cgroup namespace can be made"},
    {"pivot-root", INSIDE, USERNS, try_pivot_root, "pivot_root works"},
    {"sysfs-mount", INSIDE, USERNS, try_sysfs_mount,
     "sysfs can be mounted for a network namespace"},
    {"devices", INSIDE, USERNS, try_devices,
     "a /dev can be made of a tmpfs and the host's devices"},
    {"seccomp", APART, NOTHING, try_seccomp, "a system call filter can be loaded"},
    {"idmapped-mounts", APART, USERNS, try_idmapped_mounts,
     "the ids of a mount can be mapped, in %s"},
};

/* One lack of what others need is not one more for each of them. */
static const char *find_missing(const struct attempt *a, const struct doctor_machine *m)
{
    if (a->needs >= LAYERS && m->on_overlay)
        return "scratch-overlay";
    if (a->needs >= USERNS && !m->userns)
        return "userns";
    return a->needs >= SCRATCH && !*m->work ? "scratch" : NULL;
}

struct trial {
    const struct attempt *a;
    struct doctor_machine *m;
};

static int admit(void *t, pid_t child)
{
    return idmap_write(child);
}

static int enter(void *arg)
{
    const struct trial *t = arg;

    return namespaces_private_mounts() < 0 ? -1 : t->a->attempt(t->m);
}

static int run(void *arg)
{
    const struct trial *t = arg;

    return t->a->where == INSIDE ? namespaces_run(enter, admit, arg) : t->a->attempt(t->m);
}

/* The cure for user namespaces is that of the setting that forbids them, if there is one. */
static void cure_userns(struct doctor_machine *m, struct doctor_result *r)
{
    struct doctor_result setting = {0};

    doctor_check_userns_sysctl(m, &setting);
    if (setting.state != DOCTOR_LACK && m->uid != 0)
        doctor_check_apparmor_userns(m, &setting);
    doctor_cure(r, "%s", setting.cure);
}

static void cure(const struct trial *t, struct doctor_result *r)
{
    int (*attempt)(struct doctor_machine *) = t->a->attempt;
    bool invalid = strstr(r->found, "EINVAL");

    if (attempt == try_idmapped_mounts)
        r->state = DOCTOR_NOTE; /* step05 runs without them */
    else if (attempt == try_userns)
        cure_userns(t->m, r);
    else if (attempt == try_chroot && t->m->uid != 0)
        doctor_cure(r, "sudo build/step01 build/rootfs");
    else if (attempt == try_pivot_root && invalid) /* / is the initramfs */
        doctor_cure(r, "switch_root /newroot /sbin/init");
    else if (attempt == try_overlay_root && invalid && t->m->on_overlay)
        doctor_cure_scratch(t->m, r);
    else if (strstr(r->found, "mount overlay on ") && strstr(r->found, "ENODEV"))
        doctor_cure(r, "sudo modprobe overlay");
}

void doctor_check_attempt(struct doctor_machine *m, struct doctor_result *r)
{
    struct trial t = {attempts, m};

    while (strcmp(t.a->code, m->check->code) != 0)
        t.a++;
    const char *missing = find_missing(t.a, m);
    if (missing) {
        doctor_note(r, "not tried: it needs %s", missing);
    } else if (doctor_try_apart(run, &t, r)) {
        doctor_ok(r, t.a->found, file_scratch(NULL));
        m->userns |= t.a->attempt == try_userns;
    } else {
        cure(&t, r);
    }
}
