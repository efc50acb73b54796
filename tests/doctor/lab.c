#include "doctor.h"

#include "idrange.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

void doctor_check_qemu(struct doctor_machine *m, struct doctor_result *r)
{
    char name[128], path[PATH_MAX];
    struct utsname machine;

    (void)m;
    uname(&machine);
    snprintf(name, sizeof(name), "qemu-system-%s", machine.machine);
    if (idrange_find_helper(name, path, sizeof(path))) {
        doctor_conclude(r, DOCTOR_OK, "%s", path);
        return;
    }
    doctor_conclude(r, DOCTOR_NOTE, "make vm needs %s, which is not installed", name);
    doctor_cure(r, "make deps DEPS=vm");
}

/* A KVM that opens may still fail at a guest's first instruction. */
void doctor_check_kvm(struct doctor_machine *m, struct doctor_result *r)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int error = errno;

    if (kvm >= 0 && ioctl(kvm, KVM_GET_API_VERSION, 0) == KVM_API_VERSION) {
        doctor_conclude(r, DOCTOR_OK,
                        "/dev/kvm opens; make vm finds out by trying whether it runs a guest");
    } else if (kvm < 0 && error == EACCES) {
        doctor_conclude(r, DOCTOR_NOTE, "%s may not open /dev/kvm, so make vm is slower", m->user);
        if (m->uid != 0)
            doctor_cure(r, "sudo usermod -aG kvm %s   # then log in again", m->user);
    } else {
        doctor_conclude(r, DOCTOR_NOTE, "/dev/kvm: %s; make vm is slower without it",
                        kvm < 0 ? strerror(error) : "another version");
    }
    if (kvm >= 0)
        close(kvm);
}
