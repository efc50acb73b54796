#include "doctor.h"

#include "file.h"
#include "overlay.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static bool is_on_overlay(const char *path)
{
    struct statfs fs;

    return statfs(path, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

/* Another folder that would do, as a command. */
static void cure_scratch(struct doctor_result *r)
{
    static const char *const places[] = {"/tmp", "/var/tmp", "/dev/shm"};

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        if (access(places[i], W_OK | X_OK) == 0 && !is_on_overlay(places[i])) {
            doctor_cure(r, "export TMPDIR=%s", places[i]);
            return;
        }
    doctor_cure(r, "sudo mount -t tmpfs tmpfs /mnt && export TMPDIR=/mnt");
}

/* Makes the folder in which the checks after this one try things, and an empty image in it. */
static int make_work(struct doctor_machine *m, const char *scratch)
{
    char image[PATH_MAX];

    if (file_join(m->work, sizeof(m->work), scratch, "doctor.XXXXXX") == 0 && mkdtemp(m->work)) {
        if (file_join(image, sizeof(image), m->work, "image") == 0)
            mkdir(image, 0755);
        return 0;
    }
    *m->work = '\0';
    return -1;
}

void doctor_check_scratch(struct doctor_machine *m, struct doctor_result *r)
{
    const char *scratch = file_scratch(NULL);
    static const char mark[] = "user.doctor";

    if (make_work(m, scratch) < 0) {
        doctor_conclude(r, DOCTOR_LACK, "no folder can be made in %s: %s", scratch,
                        strerror(errno));
        cure_scratch(r);
    } else if (setxattr(m->work, mark, "", 0, 0) < 0) {
        doctor_conclude(
            r, DOCTOR_NOTE,
            "%s keeps no user.* attributes (%s), so that steps 3 to 5 cannot remove a folder "
            "of the image",
            scratch, strerrorname_np(errno));
        doctor_cure(r, "export TMPDIR=/var/tmp");
    } else {
        removexattr(m->work, mark);
        doctor_conclude(r, DOCTOR_OK, "%s takes a container's files", scratch);
    }
}

/* step05 has its layers on a tmpfs of its own. */
void doctor_check_scratch_overlay(struct doctor_machine *m, struct doctor_result *r)
{
    const char *scratch = file_scratch(NULL);

    if (!*m->work) {
        doctor_conclude(r, DOCTOR_NOTE, "not tried: it needs scratch");
    } else if (is_on_overlay(m->work)) {
        doctor_conclude(r, DOCTOR_LACK,
                        "%s is on an overlay, and no other overlay's upper layer can be", scratch);
        cure_scratch(r);
    } else {
        doctor_conclude(r, DOCTOR_OK, "%s can hold layers%s", scratch,
                        is_on_overlay(".") ? "; the current folder is on an overlay, and cannot"
                                           : "");
    }
}

/* The image that is there, or else an empty one. */
static const char *find_image(const struct doctor_machine *m, char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);

    path[length < 0 ? 0 : length] = '\0';
    char *name = strrchr(path, '/');
    if (name && (size_t)(name - path) + sizeof("/rootfs") <= size) {
        strcpy(name, "/rootfs");
        if (access(path, R_OK | X_OK) == 0)
            return path;
    }
    return file_join(path, size, m->work, "image") < 0 ? NULL : path;
}

static int mount_layers(const struct doctor_machine *m, const char *option)
{
    struct overlay layers = {0};
    char image[PATH_MAX];

    if (!find_image(m, image, sizeof(image)) ||
        overlay_make(&layers, m->work, option ? "user" : "root", image) < 0 ||
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

static int try_overlay_root(void *arg)
{
    if (may_mount() < 0)
        return -1;
    if (unshare(CLONE_NEWNS) < 0)
        return report_errno("unshare the mount namespace");
    /* In a chroot, whose / is no mount, it fails: the overlay is seen outside, for a moment. */
    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return mount_layers(arg, NULL);
}

static void cure_overlay(struct doctor_machine *m, struct doctor_result *r)
{
    if (strstr(r->found, "EINVAL") && is_on_overlay(m->work))
        cure_scratch(r);
    else if (strstr(r->found, "ENODEV"))
        doctor_cure(r, "sudo modprobe overlay");
    else
        doctor_cure_elsewhere(m, r);
}

void doctor_check_overlay_root(struct doctor_machine *m, struct doctor_result *r)
{
    if (!*m->work)
        doctor_conclude(r, DOCTOR_NOTE, "not tried: it needs scratch");
    else if (doctor_try_apart(try_overlay_root, m, r))
        doctor_conclude(r, DOCTOR_OK, "root can mount an overlay");
    else
        cure_overlay(m, r);
}

static int try_overlay_user(void *arg)
{
    const struct doctor_inside *i = arg;

    return mount_layers(i->m, "userxattr");
}

void doctor_check_overlay_user(struct doctor_machine *m, struct doctor_result *r)
{
    if (*m->work && is_on_overlay(m->work))
        doctor_conclude(r, DOCTOR_NOTE, "not tried: it needs scratch-overlay");
    else if (doctor_try_inside(m, try_overlay_user, r))
        doctor_conclude(r, DOCTOR_OK, "an overlay can be mounted in a user namespace");
    else if (r->state == DOCTOR_LACK)
        cure_overlay(m, r);
}
