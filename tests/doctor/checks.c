#include "doctor.h"

#include "cgroup.h"
#include "chroot.h"
#include "devices.h"
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
#include "subids.h"
#include "syscalls.h"
#include "sysfs.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/xattr.h>

/* One attempt is made at a time: for this machine, and with this child in new namespaces. */
static struct doctor_machine *machine;
static pid_t inside;

static int try_chroot(void)
{
    return chroot_enter("/");
}

static int try_userns(void)
{
    return hostname_set("doctor") < 0 ? -1 : loopback_up();
}

static int try_root_rights(void)
{
    struct subids ids;

    return subids_choose(&ids);
}

static int try_seccomp(void)
{
    return no_new_privs_set() < 0 ? -1 : syscalls_filter();
}

static int try_sysfs_mount(void)
{
    int mount;

    return sysfs_open(&mount) < 0 ? -1 : sysfs_attach(mount);
}

/* The devices are the host's, and must be opened before the root changes. */
static int try_devices(void)
{
    const struct scratch no_storage = {.keep = true};
    struct devices d;

    if (devices_open(&d) < 0 || devices_open_shm(&d, &no_storage) < 0 ||
        chroot_enter(machine->image) < 0)
        return -1;
    return devices_attach(&d);
}

/* Before Linux 6.6 a tmpfs has no such attribute. Then `rm -r` of the image's folders fails. */
static int try_storage(void)
{
    if (mount("tmpfs", machine->image, "tmpfs", 0, NULL) < 0)
        return report_errno("mount a tmpfs");
    return setxattr(machine->image, "user.doctor", "", 0, 0) < 0
               ? report_errno("note on step05's tmpfs that a folder of the image was removed")
               : 0;
}

static int try_pivot_root(void)
{
    /* The new root must be a mount. */
    if (mount(machine->image, machine->image, NULL, MS_BIND, NULL) < 0)
        return report_errno("bind %s to itself", machine->image);
    return pivot_enter(machine->image);
}

/*
 * Asks the kernel for a mount that is private and shared at once. It first checks the right to
 * mount in this namespace, and then refuses with EINVAL, so that nothing is mounted.
 */
static int leave_mounts(void)
{
    if (mount(NULL, "/", NULL, MS_PRIVATE | MS_SHARED, NULL) == 0 || errno != EINVAL)
        return report_errno("mount in the mount namespace of this process");
    if (unshare(CLONE_NEWNS) < 0)
        return report_errno("unshare the mount namespace");
    /* It fails in a chroot, where / is no mount. The overlay is then seen outside for a moment. */
    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return 0;
}

/* With the image that stands beside this program, or else with the empty one. */
static int try_overlay(void)
{
    struct overlay layers = {0};
    char image[PATH_MAX] = "";
    ssize_t length = readlink("/proc/self/exe", image, sizeof(image) - sizeof("rootfs"));
    bool root = machine->check->where == DOCTOR_HERE;

    if (root && leave_mounts() < 0)
        return -1;
    if (length > 0)
        strcpy(strrchr(image, '/') + 1, "rootfs");
    const char *chosen = access(image, R_OK | X_OK) == 0 ? image : machine->image;
    if (overlay_open_image(&layers, chosen) < 0 ||
        overlay_make(&layers, machine->work, root ? "root" : "user", chosen) < 0 ||
        overlay_mount(&layers, root ? NULL : "userxattr") < 0)
        return -1;
    return overlay_unmount(&layers);
}

static int try_idmapped_mounts(void)
{
    bool mapped = false;
    cleanup_fd int folder = open(machine->work, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0)
        return report_errno("open %s", machine->work);
    cleanup_fd int mount = lower_open(folder, machine->work, inside, &mapped);
    return mount >= 0 && mapped ? 0 : -1;
}

static int admit(void *arg, pid_t child)
{
    inside = child;
    if (idmap_write(child) < 0)
        return -1;
    return machine->check->where == DOCTOR_OUTSIDE ? machine->check->act() : 0;
}

static int enter(void *arg)
{
    const struct doctor_check *check = machine->check;

    if (check->where == DOCTOR_OUTSIDE)
        return 0;
    if (namespaces_private_mounts() < 0 ||
        (check->where == DOCTOR_IN_IMAGE && chroot_enter(machine->image) < 0))
        return -1;
    return check->act();
}

static int run(void *arg)
{
    const struct doctor_check *check = machine->check;

    return check->where == DOCTOR_HERE ? check->act() : namespaces_run(enter, admit, NULL);
}

static enum doctor_state cure(struct doctor_result *r)
{
    int (*act)(void) = machine->check->act;
    bool invalid = strstr(r->found, "EINVAL");
    struct doctor_result setting = {0};

    if (act == try_idmapped_mounts)
        return r->state = DOCTOR_NOTE; /* step05 runs without them */
    if (act == try_storage) {
        r->state = DOCTOR_NOTE;
        return doctor_cure(r, "build/step05 --keep --scratch /var/tmp build/rootfs");
    }
    if (act == try_userns) {
        /* A setting that forbids user namespaces has a cure. */
        if (doctor_check_userns_sysctl(machine, &setting) != DOCTOR_LACK && machine->uid != 0)
            doctor_check_apparmor_userns(machine, &setting);
        return doctor_cure(r, "%s", setting.cure);
    }
    if (act == try_chroot && machine->uid != 0)
        return doctor_cure(r, "sudo build/step01 build/rootfs");
    if (act == try_pivot_root && invalid) /* / is the initramfs */
        return doctor_cure(r, "switch_root /newroot /sbin/init");
    if (act == try_overlay && invalid && machine->on_overlay)
        return doctor_cure_scratch(r);
    if (strstr(r->found, "mount overlay on ") && strstr(r->found, "ENODEV"))
        return doctor_cure(r, "sudo modprobe overlay");
    return r->state;
}

static enum doctor_state attempt(struct doctor_machine *m, struct doctor_result *r)
{
    machine = m;
    if (!doctor_try(DOCTOR_APART, run, NULL, r))
        return cure(r);
    m->userns |= m->check->act == try_userns;
    return doctor_ok(r, m->check->works, file_scratch(NULL));
}

/* The order counts: nested, scratch and userns find out what later checks use. */
struct doctor_check doctor_checks[] = {
    {"kernel-version", "", DOCTOR_BOTH, .examine = doctor_check_kernel_version},
    {"architecture", "", DOCTOR_BOTH, .examine = doctor_check_architecture},
    {"wsl", "", DOCTOR_BOTH, .examine = doctor_check_wsl},
    {"nested", "", DOCTOR_BOTH, .examine = doctor_check_nested},
    {"chroot", "12", DOCTOR_BOTH, attempt, .act = try_chroot, .works = "chroot is allowed"},
    {"scratch", "2345", DOCTOR_BOTH, .examine = doctor_check_scratch},
    {"scratch-overlay", "234", DOCTOR_BOTH, doctor_check_scratch_overlay, .needs = DOCTOR_SCRATCH},
    {"overlay-root", "2", DOCTOR_ROOT, attempt, DOCTOR_SCRATCH, DOCTOR_HERE, try_overlay,
     .works = "root can mount an overlay"},
    {"clone3", "345", DOCTOR_BOTH, .examine = doctor_check_call},
    {"userns", "345", DOCTOR_BOTH, attempt, DOCTOR_NOTHING, DOCTOR_INSIDE, try_userns,
     .works = "mount, UTS, IPC, network, PID and user namespaces can be made"},
    {"userns-sysctl", "345", DOCTOR_BOTH, .examine = doctor_check_userns_sysctl},
    {"apparmor-userns", "345", DOCTOR_USER, .examine = doctor_check_apparmor_userns},
    {"overlay-user", "345", DOCTOR_BOTH, attempt, DOCTOR_LAYERS, DOCTOR_INSIDE, try_overlay,
     .works = "an overlay can be mounted in a user namespace"},
    {"proc-mount", "345", DOCTOR_BOTH, attempt, DOCTOR_USERNS, DOCTOR_IN_IMAGE, proc_mount,
     .works = "proc can be mounted for a PID namespace"},
    {"cgroup-layout", "", DOCTOR_BOTH, .examine = doctor_check_cgroup_layout},
    {"cgroup-memory", "4", DOCTOR_BOTH, .examine = doctor_check_controller},
    {"cgroup-cpu", "4", DOCTOR_BOTH, .examine = doctor_check_controller},
    {"cgroup-pids", "4", DOCTOR_BOTH, .examine = doctor_check_controller},
    {"cgroup-namespace", "45", DOCTOR_BOTH, attempt, DOCTOR_USERNS, DOCTOR_INSIDE,
     cgroup_enter_namespace, .works = "a cgroup namespace can be made"},
    {"close-range", "5", DOCTOR_BOTH, .examine = doctor_check_call},
    {"pivot-root", "5", DOCTOR_BOTH, attempt, DOCTOR_USERNS, DOCTOR_INSIDE, try_pivot_root,
     .works = "pivot_root works"},
    {"sysfs-mount", "5", DOCTOR_BOTH, attempt, DOCTOR_USERNS, DOCTOR_IN_IMAGE, try_sysfs_mount,
     .works = "sysfs can be mounted for a network namespace"},
    {"devices", "5", DOCTOR_BOTH, attempt, DOCTOR_USERNS, DOCTOR_INSIDE, try_devices,
     .works = "a /dev can be made of a tmpfs and the host's devices"},
    {"storage", "5", DOCTOR_BOTH, attempt, DOCTOR_USERNS, DOCTOR_INSIDE, try_storage,
     .works = "on step05's tmpfs, a folder of the image can be removed"},
    {"seccomp", "5", DOCTOR_BOTH, attempt, .act = try_seccomp,
     .works = "a system call filter can be loaded"},
    {"root-rights", "5", DOCTOR_ROOT, attempt, .act = try_root_rights,
     .works = "root has the capabilities for a container of step05"},
    {"subuid", "5", DOCTOR_USER, .examine = doctor_check_subuid},
    {"newuidmap", "5", DOCTOR_BOTH, .examine = doctor_check_newuidmap},
    {"idmapped-mounts", "5", DOCTOR_ROOT, attempt, DOCTOR_USERNS, DOCTOR_OUTSIDE,
     try_idmapped_mounts, .works = "the ids of a mount can be mapped, in %s"},
    {"mount-api", "5", DOCTOR_BOTH, .examine = doctor_check_mount_api},
    {"qemu", "", DOCTOR_BOTH, .examine = doctor_check_qemu},
    {"kvm", "", DOCTOR_BOTH, .examine = doctor_check_kvm},
    {0},
};
