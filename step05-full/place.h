/*
 * place: a path in the container on which something is to be mounted.
 *
 * An image has links of its own, such as /var/run, which leads to /run. They are followed by the
 * kernel, as one that comes from outside would follow them: within the root, and onto no other
 * mount. What is not safe to follow is no place: then the link is refused by its name.
 * See openat2(2), RESOLVE_IN_ROOT and RESOLVE_NO_XDEV.
 *
 * Closes rows 34 and 35 of the attack table.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>

/*
 * Writes the absolute path `text` to place[PATH_MAX], without "." and needless slashes. Returns 0,
 * or -1 with errno EINVAL and no report: if it is relative, is too long, is the root, has a "..",
 * or is in /proc, /sys or /dev.
 */
int place_parse(const char *text, char *place);

/*
 * Puts in place[PATH_MAX] where the links of the root lead, as far as the path is there. Call it
 * before volumes are in the root: whoever shares one could change a link in it meanwhile. It is not
 * for the part of a path that will be in a volume. A link that leads to another mount, such as
 * /proc, or to nothing, stays in the path.
 */
void place_resolve(char *place);

/*
 * Opens a place by O_PATH. Makes the missing folders on the way, and at the end a folder, or else a
 * file. Follows no link at all, also where another container that has the same volume puts one
 * there at this moment (CVE-2021-30465, CVE-2024-45310). Returns a descriptor, or -1 after a
 * report: ELOOP for a link, ENOTDIR or EISDIR when only one of both is a folder, EACCES, ...
 */
int place_open(const char *place, bool folder);

/* How deep a place is: 1 for /a, 2 for /a/b. */
int place_depth(const char *place);

#endif
