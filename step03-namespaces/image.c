#include "image.h"

#include "file.h"
#include "mounts.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int image_make_place(const struct scratch *s)
{
    char target[PATH_MAX];

    if (file_join(target, sizeof(target), s->dir, "lower") < 0)
        return -1;
    explain("rm", target, NULL);
    explain("mkdir", target, NULL);
    if (unlinkat(s->fd, "lower", 0) < 0 || file_make_folder(s->fd, "lower", 0755) < 0)
        return report_errno("make the folder %s", target);
    return 0;
}

static int move_to_lower(int mount)
{
    cleanup_fd int place = open("lower", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    return place < 0 ? -1
                     : (int)syscall(SYS_move_mount, mount, "", place, "",
                                    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int image_move(int mount, const struct scratch *s)
{
    if (scratch_enter(s) < 0)
        return -1;
    return move_to_lower(mount) < 0 ? report_errno("mount the image on %s/lower", s->dir) : 0;
}

/*
 * An ordinary user may not copy a mount, and root of a user namespace only with all that is below.
 */
static bool means_may_not(int error)
{
    return error == EPERM || error == EINVAL;
}

int image_copy(struct image *i, const struct overlay *o, const char *rootfs)
{
    char below[PATH_MAX];

    if (!mounts_find_below(rootfs, below))
        return 0;
    int copy = (int)syscall(SYS_open_tree, o->image, "",
                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    if (copy < 0)
        return means_may_not(errno) ? 0 : report_errno("copy the mount at %s", rootfs);
    i->copy = copy;
    if (image_make_place(&o->folder) < 0)
        return -1;
    explain_comment("mount --bind %s %s/lower (without what is mounted below it, as %s)", rootfs,
                    o->folder.dir, below);
    return 0;
}

int image_attach(struct image *i, const struct scratch *s)
{
    if (i->copy == 0)
        return 0;
    int result = image_move(i->copy, s);
    file_close(&i->copy);
    i->copy = 0;
    return result;
}
