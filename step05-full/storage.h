/*
 * storage: how much the container may write.
 *
 * On the disk the container could take all free space. Here its layer is a tmpfs of a fixed size.
 * /dev/shm and each --tmpfs are folders of the same tmpfs, so that there is one limit for all. It
 * counts files too, one for each 4 KiB: empty files would take the kernel's memory. Its memory
 * counts for the container's cgroup. The layer is gone with the container, even if the container is
 * killed. Before Linux 6.6 a tmpfs lacks the attributes in which overlayfs notes that a folder was
 * removed and made again: there, such an attempt fails with EIO, see overlay_mount().
 *
 * Closes row 38 of the attack table.
 */
#ifndef STORAGE_H
#define STORAGE_H

#include "overlay.h"
#include "scratch.h"

#include <stdbool.h>

enum { STORAGE_DEFAULT = 256 * 1024 * 1024, STORAGE_LEAST = 64 * 1024 };

/*
 * Checks what the user chose: at least STORAGE_LEAST bytes, and no limit for a layer that is kept,
 * since that is on the disk. Returns 0, or -1 after a report: EINVAL.
 */
int storage_check(bool keep, long long bytes);

/*
 * Makes the scratch directory parent/name, as overlay_make() does, but layers only if they are to
 * be kept: o->folder.keep. Returns 0 or -1 likewise.
 */
int storage_make(struct overlay *o, const char *parent, const char *name, const char *rootfs);

/*
 * Covers the scratch directory, in the caller's mount namespace, with a tmpfs of `bytes` bytes (0:
 * the default). Makes lower, upper, work and merged in it. From here on `s` is the tmpfs.
 * Where s->keep is set, does nothing of this. Last, puts the mount of the image on lower, see
 * lower_attach(). The scratch directory becomes the working directory. Returns 0, or -1 after a
 * report.
 */
int storage_limit(struct scratch *s, long long bytes);

/*
 * Returns how many bytes of the memory of the cgroup `dir` the container's files take, or 0 if that
 * cannot be read. Call it before the last mount of the storage is gone.
 */
long long storage_in_memory(const char *dir);

/*
 * For a container that has reached its limit of `memory` bytes. If `files` of them, as returned by
 * the above, are a good part of it, a hint names the two options that belong together. `bytes` is
 * the limit of the storage. For both limits 0 stands for the default.
 */
void storage_hint_memory(long long files, long long bytes, long long memory);

/*
 * Makes the folder `name`, to which everybody may write, in the tmpfs of storage_limit(), which
 * must be the working directory. Where s->keep is set, there is none: then makes a tmpfs for it
 * alone, of 64 MiB. Returns a mount of it, with these attributes, or -1 after a report.
 */
int storage_open_folder(const struct scratch *s, const char *name, unsigned attributes);

#endif
