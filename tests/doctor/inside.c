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
    struct doctor_inside *i = arg;

    return namespaces_private_mounts() < 0 ? -1 : i->attempt(i);
}

static int run_inside(void *arg)
{
    return namespaces_run(enter, admit, arg);
}

/* Where no user namespace can be made, that is one lack, and not one more for all that is inside.
 */
bool doctor_try_inside(struct doctor_machine *m, int (*attempt)(void *), struct doctor_result *r)
{
    struct doctor_inside i = {m, attempt};

    if (m->userns && *m->work)
        return doctor_try_apart(run_inside, &i, r);
    doctor_conclude(r, DOCTOR_NOTE, "not tried: it needs %s", m->userns ? "scratch" : "userns");
    return false;
}

/* For a check that is no more than an attempt inside. */
static void examine_inside(struct doctor_machine *m, int (*attempt)(void *),
                           struct doctor_result *r, const char *found)
{
    if (doctor_try_inside(m, attempt, r))
        doctor_conclude(r, DOCTOR_OK, "%s", found);
    else if (r->state == DOCTOR_LACK)
        doctor_cure_elsewhere(m, r);
}

static int try_chroot(void *arg)
{
    (void)arg;
    return chroot_enter("/");
}

void doctor_check_chroot(struct doctor_machine *m, struct doctor_result *r)
{
    if (doctor_try_apart(try_chroot, NULL, r))
        doctor_conclude(r, DOCTOR_OK, "chroot is allowed");
    else if (m->uid != 0)
        doctor_cure(r, "sudo build/step01 build/rootfs");
    else
        doctor_cure_elsewhere(m, r);
}

static int try_userns(void *arg)
{
    (void)arg;
    return hostname_set("doctor") < 0 ? -1 : loopback_up();
}

/* The setting that forbids it, if there is one. */
static void cure_userns(struct doctor_machine *m, struct doctor_result *r)
{
    struct doctor_result cause = {0};

    doctor_check_userns_sysctl(m, &cause);
    if (cause.state != DOCTOR_LACK && m->uid != 0)
        doctor_check_apparmor_userns(m, &cause);
    if (cause.state == DOCTOR_LACK)
        doctor_cure(r, "%s", cause.cure);
    else
        doctor_cure_elsewhere(m, r);
}

void doctor_check_userns(struct doctor_machine *m, struct doctor_result *r)
{
    struct doctor_inside i = {m, try_userns};

    m->userns = doctor_try_apart(run_inside, &i, r);
    if (m->userns)
        doctor_conclude(r, DOCTOR_OK,
                        "mount, UTS, IPC, network, PID and user namespaces can be made");
    else
        cure_userns(m, r);
}

static int try_cgroup_namespace(void *arg)
{
    (void)arg;
    return cgroup_enter_namespace();
}

void doctor_check_cgroup_namespace(struct doctor_machine *m, struct doctor_result *r)
{
    examine_inside(m, try_cgroup_namespace, r, "a cgroup namespace can be made");
}

/* Makes the folder work/image of the machine the root, where the modules mount as in an image. */
static int enter_image(const struct doctor_inside *i)
{
    char image[PATH_MAX];

    return file_join(image, sizeof(image), i->m->work, "image") < 0 ? -1 : chroot_enter(image);
}

static int try_proc_mount(void *arg)
{
    return enter_image(arg) < 0 ? -1 : proc_mount();
}

void doctor_check_proc_mount(struct doctor_machine *m, struct doctor_result *r)
{
    examine_inside(m, try_proc_mount, r, "proc can be mounted for a PID namespace");
}

static int try_sysfs_mount(void *arg)
{
    int mount = sysfs_open();

    return mount < 0 || enter_image(arg) < 0 ? -1 : sysfs_attach(mount);
}

void doctor_check_sysfs_mount(struct doctor_machine *m, struct doctor_result *r)
{
    examine_inside(m, try_sysfs_mount, r, "sysfs can be mounted for a network namespace");
}

static int try_pivot_root(void *arg)
{
    const struct doctor_inside *i = arg;
    char image[PATH_MAX];

    if (file_join(image, sizeof(image), i->m->work, "image") < 0)
        return -1;
    /* The new root must be a mount. */
    if (mount(image, image, NULL, MS_BIND, NULL) < 0)
        return report_errno("bind %s to itself", image);
    return pivot_enter(image);
}

void doctor_check_pivot_root(struct doctor_machine *m, struct doctor_result *r)
{
    examine_inside(m, try_pivot_root, r, "pivot_root works");
    if (r->state == DOCTOR_LACK && strstr(r->found, "EINVAL")) /* / is the initramfs */
        doctor_cure(r, "switch_root /newroot /sbin/init");
}

static int try_devices(void *arg)
{
    struct devices devices;

    return devices_open(&devices) < 0 || enter_image(arg) < 0 ? -1 : devices_attach(&devices);
}

void doctor_check_devices(struct doctor_machine *m, struct doctor_result *r)
{
    examine_inside(m, try_devices, r, "a /dev can be made of a tmpfs and the host's devices");
}

static int try_seccomp(void *arg)
{
    (void)arg;
    return no_new_privs_set() < 0 ? -1 : syscalls_filter();
}

void doctor_check_seccomp(struct doctor_machine *m, struct doctor_result *r)
{
    if (doctor_try_apart(try_seccomp, NULL, r))
        doctor_conclude(r, DOCTOR_OK, "a system call filter can be loaded");
    else
        doctor_cure_elsewhere(m, r);
}
