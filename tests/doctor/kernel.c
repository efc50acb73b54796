#include "doctor.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Distributions put new things into old kernels, so that the number alone decides nothing. */
void doctor_check_kernel_version(struct doctor_machine *m, struct doctor_result *r)
{
    enum { MAJOR = 5, MINOR = 11 }; /* an overlay in a user namespace */
    char release[128];
    int major, minor;

    if (!doctor_read(m, "/proc/sys/kernel/osrelease", release, sizeof(release)) ||
        sscanf(release, "%d.%d", &major, &minor) != 2) {
        doctor_conclude(r, DOCTOR_NOTE,
                        "no kernel version in /proc/sys/kernel/osrelease; is /proc mounted?");
        doctor_cure(r, "sudo mount -t proc proc /proc");
    } else if (major > MAJOR || (major == MAJOR && minor >= MINOR)) {
        doctor_conclude(r, DOCTOR_OK, "Linux %s", release);
    } else {
        doctor_conclude(r, DOCTOR_NOTE,
                        "Linux %s is older than %d.%d, from which on all five steps run", release,
                        MAJOR, MINOR);
        doctor_cure(r, "make vm");
    }
}

void doctor_check_architecture(struct doctor_machine *m, struct doctor_result *r)
{
    struct utsname name;

    (void)m;
    uname(&name);
    if (strcmp(name.machine, "x86_64") == 0 || strcmp(name.machine, "aarch64") == 0)
        doctor_conclude(r, DOCTOR_OK, "%s", name.machine);
    else
        doctor_conclude(r, DOCTOR_NOTE,
                        "%s: make rootfs needs BUSYBOX=FILE, and make vm does not work",
                        name.machine);
}

/* WSL 1 translates system calls for Windows; WSL 2 is a Linux in a virtual machine. */
void doctor_check_wsl(struct doctor_machine *m, struct doctor_result *r)
{
    char version[512];
    const char *name = getenv("WSL_DISTRO_NAME");

    if (!doctor_read(m, "/proc/version", version, sizeof(version)) ||
        !strcasestr(version, "microsoft")) {
        doctor_conclude(r, DOCTOR_OK, "this is no Windows Subsystem for Linux");
    } else if (strcasestr(version, "wsl2") || strstr(version, "microsoft-standard")) {
        doctor_conclude(r, DOCTOR_NOTE,
                        "WSL 2: its kernel is Microsoft's, and its cgroups depend on .wslconfig");
    } else {
        doctor_conclude(r, DOCTOR_NOTE, "WSL 1, which has no namespaces and no overlay");
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

static bool has_file(const struct doctor_machine *m, const char *path)
{
    char whole[PATH_MAX];

    snprintf(whole, sizeof(whole), "%s%s", m->root, path);
    return access(whole, F_OK) == 0;
}

/* For a container only: a virtual machine that boots an image of Docker's has the file, too. */
static const char *find_engine(const struct doctor_machine *m)
{
    if (has_file(m, "/.dockerenv"))
        return "docker";
    return has_file(m, "/run/.containerenv") ? "podman" : NULL;
}

void doctor_check_nested(struct doctor_machine *m, struct doctor_result *r)
{
    if (!is_in_first(m, "pid", "4026531836")) {
        m->engine = find_engine(m);
        doctor_conclude(r, DOCTOR_NOTE,
                        "inside a container%s%s: its PID namespace is not the kernel's first",
                        m->engine ? " of " : "", m->engine ? m->engine : "");
    } else if (!is_in_first(m, "user", "4026531837")) {
        doctor_conclude(r, DOCTOR_NOTE, "in a user namespace that is not the kernel's first");
    } else {
        doctor_conclude(r, DOCTOR_OK,
                        "no container: the PID and user namespaces are the kernel's first");
    }
}

static bool is_filtered(const struct doctor_machine *m)
{
    char status[8192];

    return doctor_read(m, "/proc/self/status", status, sizeof(status)) &&
           strstr(status, "\nSeccomp:\t2");
}

/* From a call with an argument that the kernel refuses, whether it knows the call at all. */
static void conclude_call(const struct doctor_machine *m, struct doctor_result *r, const char *call,
                          int error, const char *since)
{
    if (error != ENOSYS && error != EPERM) {
        doctor_conclude(r, DOCTOR_OK, "%s is there", call);
        return;
    }
    doctor_conclude(r, DOCTOR_LACK, "%s: %s; %s", call, strerrorname_np(error),
                    is_filtered(m) ? "this process is under a system call filter" : since);
    doctor_cure_elsewhere(m, r);
}

void doctor_check_clone3(struct doctor_machine *m, struct doctor_result *r)
{
    errno = 0;
    syscall(SYS_clone3, NULL, 0); /* EINVAL: no arguments */
    conclude_call(m, r, "clone3", errno, "it came with Linux 5.3");
}

void doctor_check_close_range(struct doctor_machine *m, struct doctor_result *r)
{
    errno = 0;
    syscall(SYS_close_range, 1, 0, 0); /* EINVAL: from 1 to 0 */
    conclude_call(m, r, "close_range", errno, "it came with Linux 5.9");
}

void doctor_check_mount_api(struct doctor_machine *m, struct doctor_result *r)
{
    (void)m;
    errno = 0;
    syscall(SYS_fsopen, NULL, 0); /* EPERM or EFAULT */
    if (errno == ENOSYS)
        doctor_conclude(r, DOCTOR_NOTE, "no fsopen, move_mount, ...: they came with Linux 5.2");
    else
        doctor_conclude(r, DOCTOR_OK, "fsopen is there");
}
