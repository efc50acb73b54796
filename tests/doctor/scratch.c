#include "doctor.h"

#include "file.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static bool is_on_overlay(const char *path)
{
    struct statfs fs;

    return statfs(path, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

void doctor_cure_scratch(struct doctor_machine *m, struct doctor_result *r)
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
    if (file_join(m->work, sizeof(m->work), scratch, "doctor.XXXXXX") < 0 || !mkdtemp(m->work) ||
        file_join(m->image, sizeof(m->image), m->work, "image") < 0) {
        *m->work = '\0';
        return -1;
    }
    mkdir(m->image, 0755);
    m->on_overlay = is_on_overlay(m->work);
    return 0;
}

void doctor_check_scratch(struct doctor_machine *m, struct doctor_result *r)
{
    const char *scratch = file_scratch(NULL);
    static const char mark[] = "user.doctor";

    if (make_work(m, scratch) < 0) {
        doctor_lack(r, "no folder can be made in %s: %s", scratch, strerror(errno));
        doctor_cure_scratch(m, r);
    } else if (setxattr(m->work, mark, "", 0, 0) < 0) {
        doctor_note(r,
                    "%s keeps no user.* attributes (%s), so that steps 3 to 5 cannot remove a "
                    "folder of the image",
                    scratch, strerrorname_np(errno));
        doctor_cure(r, "export TMPDIR=/var/tmp");
    } else {
        removexattr(m->work, mark);
        doctor_ok(r, "%s takes a container's files", scratch);
    }
}

/* step05 has its layers on a tmpfs of its own. */
void doctor_check_scratch_overlay(struct doctor_machine *m, struct doctor_result *r)
{
    const char *scratch = file_scratch(NULL);

    if (!*m->work) {
        doctor_note(r, "not tried: it needs scratch");
    } else if (m->on_overlay) {
        doctor_lack(r, "%s is on an overlay, and no other overlay's upper layer can be", scratch);
        doctor_cure_scratch(m, r);
    } else {
        doctor_ok(r, "%s can hold layers%s", scratch,
                  is_on_overlay(".") ? "; the current folder is on an overlay, and cannot" : "");
    }
}
