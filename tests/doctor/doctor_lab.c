#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

void check_qemu(struct machine *m, struct result *r)
{
    char name[128], path[PATH_MAX];
    struct utsname machine;

    (void)m;
    uname(&machine);
    snprintf(name, sizeof(name), "qemu-system-%s", machine.machine);
    if (find_program(name, path, sizeof(path))) {
        conclude(r, OK, "%s", path);
        return;
    }
    conclude(r, NOTE, "make vm needs %s, which is not installed", name);
    cure(r, "make deps DEPS=vm");
}

/* A KVM that opens may still fail at a guest's first instruction. */
void check_kvm(struct machine *m, struct result *r)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int error = errno;

    if (kvm >= 0 && ioctl(kvm, KVM_GET_API_VERSION, 0) == KVM_API_VERSION) {
        conclude(r, OK, "/dev/kvm opens; make vm finds out by trying whether it runs a guest");
    } else if (kvm < 0 && error == EACCES) {
        conclude(r, NOTE, "%s may not open /dev/kvm, so make vm is slower", m->user);
        if (m->uid != 0)
            cure(r, "sudo usermod -aG kvm %s   # then log in again", m->user);
    } else {
        conclude(r, NOTE, "/dev/kvm: %s; make vm is slower without it",
                 kvm < 0 ? strerror(error) : "another version");
    }
    if (kvm >= 0)
        close(kvm);
}
