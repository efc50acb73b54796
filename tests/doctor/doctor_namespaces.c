#include "doctor.h"

#include "cgroup.h"
#include "chroot.h"
#include "devices.h"
#include "file.h"
#include "hostname.h"
#include "idmap.h"
#include "loopback.h"
#include "namespaces.h"
#include "no_new_privs.h"
#include "pivot.h"
#include "proc.h"
#include "report.h"
#include "syscalls.h"
#include "sysfs.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/types.h>

static int admit(void *arg, pid_t child)
{
    (void)arg;
    return idmap_write(child);
}

static int enter(void *arg)
{
    struct inside *i = arg;

    return namespaces_private_mounts() < 0 ? -1 : i->attempt(i);
}

static int run_inside(void *arg)
{
    return namespaces_run(enter, admit, arg);
}

/* Where no user namespace can be made, that is one lack, and not one more for all that is inside.
 */
bool try_inside(struct machine *m, int (*attempt)(void *), struct result *r)
{
    struct inside i = {m, attempt};

    if (m->userns && *m->work)
        return try_apart(run_inside, &i, r);
    conclude(r, NOTE, "not tried: it needs %s", m->userns ? "scratch" : "userns");
    return false;
}

/* For a check that is no more than an attempt inside. */
static void examine_inside(struct machine *m, int (*attempt)(void *), struct result *r,
                           const char *found)
{
    if (try_inside(m, attempt, r))
        conclude(r, OK, "%s", found);
    else if (r->state == LACK)
        cure_elsewhere(m, r);
}

static int try_chroot(void *arg)
{
    (void)arg;
    return chroot_enter("/");
}

void check_chroot(struct machine *m, struct result *r)
{
    if (try_apart(try_chroot, NULL, r))
        conclude(r, OK, "chroot is allowed");
    else if (m->uid != 0)
        cure(r, "sudo build/step01 build/rootfs");
    else
        cure_elsewhere(m, r);
}

static int try_userns(void *arg)
{
    (void)arg;
    return hostname_set("doctor") < 0 ? -1 : loopback_up();
}

/* The setting that forbids it, if there is one. */
static void cure_userns(struct machine *m, struct result *r)
{
    struct result cause = {0};

    check_userns_sysctl(m, &cause);
    if (cause.state != LACK && m->uid != 0)
        check_apparmor_userns(m, &cause);
    if (cause.state == LACK)
        cure(r, "%s", cause.cure);
    else
        cure_elsewhere(m, r);
}

void check_userns(struct machine *m, struct result *r)
{
    struct inside i = {m, try_userns};

    m->userns = try_apart(run_inside, &i, r);
    if (m->userns)
        conclude(r, OK, "mount, UTS, IPC, network, PID and user namespaces can be made");
    else
        cure_userns(m, r);
}

static int try_cgroup_namespace(void *arg)
{
    (void)arg;
    return cgroup_enter_namespace();
}

void check_cgroup_namespace(struct machine *m, struct result *r)
{
    examine_inside(m, try_cgroup_namespace, r, "a cgroup namespace can be made");
}

/* Makes the folder work/image of the machine the root, where the modules mount as in an image. */
static int enter_image(const struct inside *i)
{
    char image[PATH_MAX];

    return file_join(image, sizeof(image), i->m->work, "image") < 0 ? -1 : chroot_enter(image);
}

static int try_proc_mount(void *arg)
{
    return enter_image(arg) < 0 ? -1 : proc_mount();
}

void check_proc_mount(struct machine *m, struct result *r)
{
    examine_inside(m, try_proc_mount, r, "proc can be mounted for a PID namespace");
}

static int try_sysfs_mount(void *arg)
{
    int mount = sysfs_open();

    return mount < 0 || enter_image(arg) < 0 ? -1 : sysfs_attach(mount);
}

void check_sysfs_mount(struct machine *m, struct result *r)
{
    examine_inside(m, try_sysfs_mount, r, "sysfs can be mounted for a network namespace");
}

static int try_pivot_root(void *arg)
{
    const struct inside *i = arg;
    char image[PATH_MAX];

    if (file_join(image, sizeof(image), i->m->work, "image") < 0)
        return -1;
    /* The new root must be a mount. */
    if (mount(image, image, NULL, MS_BIND, NULL) < 0)
        return report_errno("bind %s to itself", image);
    return pivot_enter(image);
}

void check_pivot_root(struct machine *m, struct result *r)
{
    examine_inside(m, try_pivot_root, r, "pivot_root works");
    if (r->state == LACK && strstr(r->found, "EINVAL")) /* / is the initramfs */
        cure(r, "switch_root /newroot /sbin/init");
}

static int try_devices(void *arg)
{
    struct devices devices;

    return devices_open(&devices) < 0 || enter_image(arg) < 0 ? -1 : devices_attach(&devices);
}

void check_devices(struct machine *m, struct result *r)
{
    examine_inside(m, try_devices, r, "a /dev can be made of a tmpfs and the host's devices");
}

static int try_seccomp(void *arg)
{
    (void)arg;
    return no_new_privs_set() < 0 ? -1 : syscalls_filter();
}

void check_seccomp(struct machine *m, struct result *r)
{
    if (try_apart(try_seccomp, NULL, r))
        conclude(r, OK, "a system call filter can be loaded");
    else
        cure_elsewhere(m, r);
}
