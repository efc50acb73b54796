#include "doctor.h"

#include "file.h"
#include "subids.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Never a lack: distributions put new things into old kernels, so the number decides nothing. */
void doctor_check_kernel_version(struct doctor_machine *m, struct doctor_result *r)
{
    enum { MAJOR = 5, MINOR = 11 }; /* an overlay in a user namespace */
    char release[128];
    int major, minor;

    if (!doctor_read(m, "/proc/sys/kernel/osrelease", release, sizeof(release)) ||
        sscanf(release, "%d.%d", &major, &minor) != 2) {
        doctor_note(r, "no kernel version in /proc/sys/kernel/osrelease; is /proc mounted?");
        doctor_cure(r, "sudo mount -t proc proc /proc");
    } else if (major > MAJOR || (major == MAJOR && minor >= MINOR)) {
        doctor_ok(r, "Linux %s", release);
    } else {
        doctor_note(r, "Linux %s is older than %d.%d, from which on all five steps run", release,
                    MAJOR, MINOR);
        doctor_cure(r, "make vm");
    }
}

void doctor_check_architecture(struct doctor_machine *m, struct doctor_result *r)
{
    struct utsname name;

    uname(&name);
    if (strcmp(name.machine, "x86_64") == 0 || strcmp(name.machine, "aarch64") == 0)
        doctor_ok(r, "%s", name.machine);
    else
        doctor_note(r, "%s: make rootfs needs BUSYBOX=FILE, and make vm does not work",
                    name.machine);
}

/* WSL 1 translates system calls for Windows; WSL 2 is a Linux in a virtual machine. */
void doctor_check_wsl(struct doctor_machine *m, struct doctor_result *r)
{
    char version[512];
    const char *name = getenv("WSL_DISTRO_NAME");

    if (!doctor_read(m, "/proc/version", version, sizeof(version)) ||
        !strcasestr(version, "microsoft")) {
        doctor_ok(r, "this is no Windows Subsystem for Linux");
    } else if (strcasestr(version, "wsl2") || strstr(version, "microsoft-standard")) {
        doctor_note(r, "WSL 2: its kernel is Microsoft's, and its cgroups depend on .wslconfig");
    } else {
        doctor_note(r, "WSL 1, which has no namespaces and no overlay");
        doctor_cure(r, "wsl.exe --set-version %s 2", name && *name ? name : "DISTRIBUTION");
    }
}

/* The first namespaces of a kernel have numbers that never change. */
static bool is_in_first(const struct doctor_machine *m, const char *kind, const char *number)
{
    char path[PATH_MAX], link[64];

    snprintf(path, sizeof(path), "%s/proc/self/ns/%s", m->root, kind);
    ssize_t length = readlink(path, link, sizeof(link) - 1);
    link[length < 0 ? 0 : length] = '\0';
    return length < 0 || strstr(link, number);
}

/* Asked in a container only: a virtual machine that boots an image of Docker has the file, too. */
static const char *find_engine(const struct doctor_machine *m)
{
    static const char *const marks[][2] = {{"/.dockerenv", "docker"},
                                           {"/run/.containerenv", "podman"}};
    char path[PATH_MAX];

    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s%s", m->root, marks[i][0]);
        if (access(path, F_OK) == 0)
            return marks[i][1];
    }
    return NULL;
}

void doctor_check_nested(struct doctor_machine *m, struct doctor_result *r)
{
    if (!is_in_first(m, "pid", "4026531836")) {
        m->engine = find_engine(m);
        doctor_note(r, "inside a container%s%s: its PID namespace is not the kernel's first",
                    m->engine ? " of " : "", m->engine ? m->engine : "");
    } else if (!is_in_first(m, "user", "4026531837")) {
        doctor_note(r, "in a user namespace that is not the kernel's first");
    } else {
        doctor_ok(r, "no container: the PID and user namespaces are the kernel's first");
    }
}

/* Makes a call that the kernel refuses for its arguments, where it knows the call at all. */
static void check_call(struct doctor_machine *m, struct doctor_result *r, long number,
                       const char *name, const char *since)
{
    char status[8192];

    errno = 0;
    syscall(number, 1, 0, 0);
    const char *error = strerrorname_np(errno);
    if (errno != ENOSYS && errno != EPERM)
        doctor_ok(r, "%s is there", name);
    else if (doctor_read(m, "/proc/self/status", status, sizeof(status)) &&
             strstr(status, "\nSeccomp:\t2"))
        doctor_lack(r, "%s: %s; this process is under a system call filter", name, error);
    else
        doctor_lack(r, "%s: %s; it came with Linux %s", name, error, since);
}

void doctor_check_clone3(struct doctor_machine *m, struct doctor_result *r)
{
    check_call(m, r, SYS_clone3, "clone3", "5.3"); /* EINVAL: arguments of no size */
}

void doctor_check_close_range(struct doctor_machine *m, struct doctor_result *r)
{
    check_call(m, r, SYS_close_range, "close_range", "5.9"); /* EINVAL: from 1 to 0 */
}

void doctor_check_mount_api(struct doctor_machine *m, struct doctor_result *r)
{
    errno = 0;
    syscall(SYS_fsopen, NULL, 0); /* EPERM or EFAULT */
    if (errno == ENOSYS)
        doctor_note(r, "no fsopen, move_mount, ...: they came with Linux 5.2");
    else
        doctor_ok(r, "fsopen is there");
}

void doctor_check_qemu(struct doctor_machine *m, struct doctor_result *r)
{
    char name[128], path[PATH_MAX];
    struct utsname machine;

    uname(&machine);
    snprintf(name, sizeof(name), "qemu-system-%s", machine.machine);
    if (subids_find_helper(name, path, sizeof(path))) {
        doctor_ok(r, "%s", path);
    } else {
        doctor_note(r, "make vm needs %s, which is not installed", name);
        doctor_cure(r, "make deps DEPS=vm");
    }
}

/* A KVM that opens may still fail at a guest's first instruction. */
void doctor_check_kvm(struct doctor_machine *m, struct doctor_result *r)
{
    cleanup_fd int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

    if (kvm >= 0 && ioctl(kvm, KVM_GET_API_VERSION, 0) == KVM_API_VERSION) {
        doctor_ok(r, "/dev/kvm opens; make vm finds out by trying whether it runs a guest");
    } else if (kvm < 0 && errno == EACCES) {
        doctor_note(r, "%s may not open /dev/kvm, so make vm is slower", m->user);
        if (m->uid != 0)
            doctor_cure(r, "sudo usermod -aG kvm %s   # then log in again", m->user);
    } else {
        doctor_note(r, "/dev/kvm: %s; make vm is slower without it",
                    kvm < 0 ? strerror(errno) : "another version");
    }
}
