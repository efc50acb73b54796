#include "doctor.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

/* Never a lack: distributions put new things into old kernels, so the number decides nothing. */
enum doctor_state doctor_check_kernel_version(struct doctor_machine *m, struct doctor_result *r)
{
    enum { MAJOR = 5, MINOR = 11 }; /* an overlay in a user namespace */
    const char *release = doctor_read(m, "/proc/sys/kernel/osrelease");
    int major, minor;

    if (sscanf(release, "%d.%d", &major, &minor) != 2) {
        doctor_note(r, "no kernel version in /proc/sys/kernel/osrelease; is /proc mounted?");
        return doctor_cure(r, "sudo mount -t proc proc /proc");
    }
    if (major > MAJOR || (major == MAJOR && minor >= MINOR))
        return doctor_ok(r, "Linux %s", release);
    doctor_note(r, "Linux %s is older than %d.%d, from which on all five steps run", release, MAJOR,
                MINOR);
    return doctor_cure(r, "make vm");
}

enum doctor_state doctor_check_architecture(struct doctor_machine *m, struct doctor_result *r)
{
    struct utsname name;

    uname(&name);
    if (strcmp(name.machine, "x86_64") == 0 || strcmp(name.machine, "aarch64") == 0)
        return doctor_ok(r, "%s", name.machine);
    return doctor_note(r, "%s: make rootfs needs BUSYBOX=FILE, and make vm does not work",
                       name.machine);
}

/* Many a WSL 2 mounts the controllers in v1, and v2 without any beside them. */
static enum doctor_state conclude_wsl2(struct doctor_machine *m, struct doctor_result *r)
{
    if (!strstr(doctor_read(m, "/proc/self/cgroup"), ":memory:"))
        return doctor_note(
            r, "WSL 2: its kernel is Microsoft's, and its cgroups depend on .wslconfig");
    doctor_note(r, "WSL 2 with cgroup v1, which delegates nothing: step 4 needs root");
    return m->uid ? doctor_cure(r, "sudo build/step04 build/rootfs") : r->state;
}

/* WSL 1 translates system calls for Windows; WSL 2 is a Linux in a virtual machine. */
enum doctor_state doctor_check_wsl(struct doctor_machine *m, struct doctor_result *r)
{
    const char *version = doctor_read(m, "/proc/version");
    const char *name = getenv("WSL_DISTRO_NAME");

    if (!strcasestr(version, "microsoft"))
        return doctor_ok(r, "this is no Windows Subsystem for Linux");
    if (strcasestr(version, "wsl2") || strstr(version, "microsoft-standard"))
        return conclude_wsl2(m, r);
    doctor_note(r, "WSL 1, which has no namespaces and no overlay");
    return doctor_cure(r, "wsl.exe --set-version %s 2", name && *name ? name : "DISTRIBUTION");
}

/* The first namespaces of a kernel have numbers that never change. */
static bool is_in_first(const struct doctor_machine *m, const char *name, const char *number)
{
    char link[64] = "";

    return readlink(doctor_path(m, name), link, sizeof(link) - 1) < 0 || strstr(link, number);
}

enum doctor_state doctor_check_nested(struct doctor_machine *m, struct doctor_result *r)
{
    if (!is_in_first(m, "/proc/self/ns/pid", "4026531836")) {
        m->nested = true;
        /* It is also a container of Docker, but its user does not call `docker run`. */
        if (access(doctor_path(m, "/workspaces/.codespaces"), F_OK) == 0)
            return doctor_note(r, "inside a GitHub Codespace, which is a container");
        /* Asked here only: a virtual machine that boots an image of Docker has the file, too. */
        if (access(doctor_path(m, "/.dockerenv"), F_OK) == 0)
            m->engine = "docker";
        else if (access(doctor_path(m, "/run/.containerenv"), F_OK) == 0)
            m->engine = "podman";
        return doctor_note(r, "inside a container%s%s: its PID namespace is not the kernel's first",
                           m->engine ? " of " : "", m->engine ? m->engine : "");
    }
    if (!is_in_first(m, "/proc/self/ns/user", "4026531837"))
        return doctor_note(r, "in a user namespace that is not the kernel's first");
    return doctor_ok(r, "no container: the PID and user namespaces are the kernel's first");
}

/* Makes a call that the kernel refuses with EINVAL, where it knows the call at all: the arguments
 * of clone3 have no size, and close_range is from 1 to 0. */
enum doctor_state doctor_check_call(struct doctor_machine *m, struct doctor_result *r)
{
    bool clone3 = strcmp(m->check->code, "clone3") == 0;
    const char *name = clone3 ? "clone3" : "close_range";

    errno = 0;
    syscall(clone3 ? SYS_clone3 : SYS_close_range, 1, 0, 0);
    const char *error = strerrorname_np(errno);
    if (errno != ENOSYS && errno != EPERM)
        return doctor_ok(r, "%s is there", name);
    if (strstr(doctor_read(m, "/proc/self/status"), "\nSeccomp:\t2"))
        return doctor_lack(r, "%s: %s; this process is under a system call filter", name, error);
    return doctor_lack(r, "%s: %s; it came with Linux %s", name, error, clone3 ? "5.3" : "5.9");
}

enum doctor_state doctor_check_mount_api(struct doctor_machine *m, struct doctor_result *r)
{
    if (syscall(SYS_fsopen, NULL, 0) < 0 && errno == ENOSYS) /* or else EPERM or EFAULT */
        return doctor_note(r, "no fsopen, move_mount, ...: they came with Linux 5.2");
    return doctor_ok(r, "fsopen is there");
}

/* Looks for it in PATH, as the shell does for `make vm`. */
enum doctor_state doctor_check_qemu(struct doctor_machine *m, struct doctor_result *r)
{
    const char *folders = getenv("PATH"), *folder;
    char *rest = strdupa(folders ? folders : "/usr/bin:/bin"), path[PATH_MAX];
    struct utsname machine;

    uname(&machine);
    while ((folder = strsep(&rest, ":"))) {
        snprintf(path, sizeof(path), "%s/qemu-system-%s", folder, machine.machine);
        if (access(path, X_OK) == 0)
            return doctor_ok(r, "%s", path);
    }
    doctor_note(r, "make vm needs qemu-system-%s, which is not installed", machine.machine);
    return doctor_cure(r, "make deps DEPS=vm");
}

/* A KVM that opens may still fail at a guest's first instruction. */
enum doctor_state doctor_check_kvm(struct doctor_machine *m, struct doctor_result *r)
{
    cleanup_fd int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

    if (kvm >= 0 && ioctl(kvm, KVM_GET_API_VERSION, 0) == KVM_API_VERSION)
        return doctor_ok(r, "/dev/kvm opens; make vm finds out by trying whether it runs a guest");
    if (kvm >= 0 || errno != EACCES)
        return doctor_note(r, "/dev/kvm: %s; make vm is slower without it",
                           kvm < 0 ? strerror(errno) : "another version");
    doctor_note(r, "%s may not open /dev/kvm, so make vm is slower", m->user);
    return m->uid ? doctor_cure(r, "sudo usermod -aG kvm %s   # then log in again", m->user)
                  : DOCTOR_NOTE;
}
