/*
 * volumes: folders and files of the host that the user lets the container see.
 *
 * Closes rows 34 and 35 of the attack table.
 */
#ifndef VOLUMES_H
#define VOLUMES_H

#include "cli_list.h"
#include "overlay.h"

#include <stdbool.h>

struct volumes {
    struct cli_list binds; /* SRC:DST or SRC:DST:ro */
    struct cli_list tmpfs; /* DST                   */
    int mounts[CLI_LIST_SIZE], tmpfs_mounts[CLI_LIST_SIZE];
    bool has_own_tmp; /* by volumes_open_tmpfs() */
};

/*
 * Parse SRC:DST[:ro], or DST alone, into `value`, a struct volumes. DST is a place, see
 * place_parse(): a false /proc would get what programs write to the kernel. Each returns 0, or -1
 * after a report: EINVAL, EEXIST if another volume or tmpfs has that place.
 */
int volumes_parse(const char *text, void *value);
int volumes_parse_tmpfs(const char *text, void *value);

/*
 * Copies the mounts of the sources, with the caller's own rights. Setuid bits and devices in them
 * are useless. Files keep their owners. In root's container, which has its own range of ids, files
 * of the host's root belong to nobody. Returns 0, or -1 after a report: ENOENT, EACCES, ...
 */
int volumes_open(struct volumes *v);

/*
 * Makes a folder in the storage for each tmpfs, see storage_open_folder(). If the image is foreign,
 * see overlay_is_foreign(), and its root is not to be read-only, adds one on /tmp, of which
 * volumes_attach() will tell; not where a volume or tmpfs is there, or the image has a link or a
 * file. The scratch directory must be the working directory. Returns 0 or -1 likewise.
 */
int volumes_open_tmpfs(struct volumes *v, const struct overlay *o, bool read_only);

/*
 * Puts them, and the tmpfs, into place in the image, a folder before what is in it: see
 * place_resolve() and place_open(). Returns 0, or -1 after a report: EEXIST if the image's links
 * lead two of them to one place, ELOOP, ENOTDIR, EISDIR, ...
 */
int volumes_attach(struct volumes *v);

#endif
