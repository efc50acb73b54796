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
void check_kernel_version(struct machine *m, struct result *r)
{
    enum { MAJOR = 5, MINOR = 11 }; /* an overlay in a user namespace */
    char release[128];
    int major, minor;

    if (!read_fact(m, "/proc/sys/kernel/osrelease", release, sizeof(release)) ||
        sscanf(release, "%d.%d", &major, &minor) != 2) {
        conclude(r, NOTE, "no kernel version in /proc/sys/kernel/osrelease; is /proc mounted?");
        cure(r, "sudo mount -t proc proc /proc");
    } else if (major > MAJOR || (major == MAJOR && minor >= MINOR)) {
        conclude(r, OK, "Linux %s", release);
    } else {
        conclude(r, NOTE, "Linux %s is older than %d.%d, from which on all five steps run", release,
                 MAJOR, MINOR);
        cure(r, "make vm");
    }
}

void check_architecture(struct machine *m, struct result *r)
{
    struct utsname name;

    (void)m;
    uname(&name);
    if (strcmp(name.machine, "x86_64") == 0 || strcmp(name.machine, "aarch64") == 0)
        conclude(r, OK, "%s", name.machine);
    else
        conclude(r, NOTE, "%s: make rootfs needs BUSYBOX=FILE, and make vm does not work",
                 name.machine);
}

/* WSL 1 translates system calls for Windows; WSL 2 is a Linux in a virtual machine. */
void check_wsl(struct machine *m, struct result *r)
{
    char version[512];
    const char *name = getenv("WSL_DISTRO_NAME");

    if (!read_fact(m, "/proc/version", version, sizeof(version)) ||
        !strcasestr(version, "microsoft")) {
        conclude(r, OK, "this is no Windows Subsystem for Linux");
    } else if (strcasestr(version, "wsl2") || strstr(version, "microsoft-standard")) {
        conclude(r, NOTE, "WSL 2: its kernel is Microsoft's, and its cgroups depend on .wslconfig");
    } else {
        conclude(r, NOTE, "WSL 1, which has no namespaces and no overlay");
        cure(r, "wsl.exe --set-version %s 2", name && *name ? name : "DISTRIBUTION");
    }
}

/* The first namespaces of a kernel have numbers that never change. */
static bool is_in_first(const struct machine *m, const char *kind, const char *number)
{
    char path[PATH_MAX], link[64];

    snprintf(path, sizeof(path), "%s/proc/self/ns/%s", m->root, kind);
    ssize_t length = readlink(path, link, sizeof(link) - 1);
    link[length < 0 ? 0 : length] = '\0';
    return length < 0 || strstr(link, number);
}

static bool has_file(const struct machine *m, const char *path)
{
    char whole[PATH_MAX];

    snprintf(whole, sizeof(whole), "%s%s", m->root, path);
    return access(whole, F_OK) == 0;
}

/* For a container only: a virtual machine that boots an image of Docker's has the file, too. */
static const char *find_engine(const struct machine *m)
{
    if (has_file(m, "/.dockerenv"))
        return "docker";
    return has_file(m, "/run/.containerenv") ? "podman" : NULL;
}

void check_nested(struct machine *m, struct result *r)
{
    if (!is_in_first(m, "pid", "4026531836")) {
        m->engine = find_engine(m);
        conclude(r, NOTE, "inside a container%s%s: its PID namespace is not the kernel's first",
                 m->engine ? " of " : "", m->engine ? m->engine : "");
    } else if (!is_in_first(m, "user", "4026531837")) {
        conclude(r, NOTE, "in a user namespace that is not the kernel's first");
    } else {
        conclude(r, OK, "no container: the PID and user namespaces are the kernel's first");
    }
}

static bool is_filtered(const struct machine *m)
{
    char status[8192];

    return read_fact(m, "/proc/self/status", status, sizeof(status)) &&
           strstr(status, "\nSeccomp:\t2");
}

/* From a call with an argument that the kernel refuses, whether it knows the call at all. */
static void conclude_call(const struct machine *m, struct result *r, const char *call, int error,
                          const char *since)
{
    if (error != ENOSYS && error != EPERM) {
        conclude(r, OK, "%s is there", call);
        return;
    }
    conclude(r, LACK, "%s: %s; %s", call, strerrorname_np(error),
             is_filtered(m) ? "this process is under a system call filter" : since);
    cure_elsewhere(m, r);
}

void check_clone3(struct machine *m, struct result *r)
{
    errno = 0;
    syscall(SYS_clone3, NULL, 0); /* EINVAL: no arguments */
    conclude_call(m, r, "clone3", errno, "it came with Linux 5.3");
}

void check_close_range(struct machine *m, struct result *r)
{
    errno = 0;
    syscall(SYS_close_range, 1, 0, 0); /* EINVAL: from 1 to 0 */
    conclude_call(m, r, "close_range", errno, "it came with Linux 5.9");
}

void check_mount_api(struct machine *m, struct result *r)
{
    (void)m;
    errno = 0;
    syscall(SYS_fsopen, NULL, 0); /* EPERM or EFAULT */
    if (errno == ENOSYS)
        conclude(r, NOTE, "no fsopen, move_mount, ...: they came with Linux 5.2");
    else
        conclude(r, OK, "fsopen is there");
}
