/*
 * volumes: folders and files of the host that the user lets the container see.
 *
 * Closes rows 34 and 35 of the attack table.
 */
#ifndef VOLUMES_H
#define VOLUMES_H

#include "cli_list.h"

struct volumes {
    struct cli_list binds; /* SRC:DST or SRC:DST:ro */
    struct cli_list tmpfs; /* DST                   */
    int mounts[CLI_LIST_SIZE];
};

/*
 * Parse SRC:DST[:ro], into value, a struct cli_list, and DST, an absolute path without "..",
 * outside of /proc, /sys and /dev: a false /proc takes what is written there. Each returns 0, or -1
 * after a report: EINVAL.
 */
int volumes_parse(const char *text, void *value);
int volumes_parse_tmpfs(const char *text, void *value);

/*
 * Copies the mounts of the sources, by the caller's own rights, without setuid programs and
 * devices. Files keep their owners: in root's container, whose ids are a range, those of the host's
 * root are nobody's. Returns 0, or -1 after a report: ENOENT, EACCES, ...
 */
int volumes_open(struct volumes *v);

/*
 * Puts them, and the tmpfs, into place in the image, making what is missing of the path to it, and
 * following no link in it. Returns 0, or -1 after a report: ELOOP, ENOTDIR when one is a folder and
 * the other is not (CVE-2021-30465, CVE-2024-45310).
 */
int volumes_attach(struct volumes *v);

#endif
