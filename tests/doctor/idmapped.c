#include "doctor.h"

#include "file.h"
#include "idmap.h"
#include "namespaces.h"
#include "report.h"

#include <fcntl.h>
#include <linux/mount.h> /* not beside <sys/mount.h>: before glibc 2.36 the two cannot meet */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A copy of the scratch folder's mount, with the owners of files as that namespace has them. */
static int idmap_mount(void *arg, pid_t child)
{
    const struct doctor_inside *i = arg;
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP};
    char path[64];

    if (idmap_write(child) < 0)
        return -1;
    snprintf(path, sizeof(path), "/proc/%d/ns/user", child);
    int userns = open(path, O_RDONLY | O_CLOEXEC);
    int tree =
        (int)syscall(SYS_open_tree, AT_FDCWD, i->m->work, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (userns < 0 || tree < 0)
        return report_errno("copy the mount of %s", i->m->work);
    attributes.userns_fd = (unsigned)userns;
    if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) < 0)
        return report_errno("map the ids of a mount of %s", i->m->work);
    return 0;
}

static int do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

static int try_idmapped_mount(void *arg)
{
    return namespaces_run(do_nothing, idmap_mount, arg);
}

void doctor_check_idmapped_mounts(struct doctor_machine *m, struct doctor_result *r)
{
    struct doctor_inside i = {m, NULL};

    if (!m->userns || !*m->work)
        doctor_conclude(r, DOCTOR_NOTE, "not tried: it needs %s", m->userns ? "scratch" : "userns");
    else if (doctor_try_apart(try_idmapped_mount, &i, r))
        doctor_conclude(r, DOCTOR_OK, "the ids of a mount can be mapped, in %s",
                        file_scratch(NULL));
    else
        r->state = DOCTOR_NOTE;
}
