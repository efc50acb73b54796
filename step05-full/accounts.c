#include "accounts.h"

#include "file.h"
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char PASSWD[] = "etc/passwd", GROUP[] = "etc/group";

enum { MOST_FIELDS = 7, LINE_SIZE = 4096 };

const char *accounts_read_id(const char *text, unsigned *id)
{
    char *end = NULL;

    if (!isdigit((unsigned char)*text))
        return NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno || number >= (uid_t)-1)
        return NULL;
    *id = (unsigned)number;
    return end;
}

static bool is_file(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* Whether this file is not there, or is none that can be read: then it has no lines. */
static bool means_no_lines(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EACCES ||
           error == ENXIO || error == ENODEV;
}

/* Returns 1 with an open file, 0 if there is none, or -1 after a report. */
static int open_file(const char *root, const char *path, FILE **file)
{
    /* O_NONBLOCK: a FIFO would make us wait until somebody writes to it. */
    struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    cleanup_fd int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = dir < 0 ? -1 : file_open_within(dir, path, &how);

    if (fd < 0)
        return means_no_lines(errno) ? 0 : report_errno("read /%s of the image", path);
    if (!is_file(fd)) {
        file_close(&fd);
        return 0;
    }
    *file = fdopen(fd, "r");
    if (*file)
        return 1;
    report_errno("read /%s of the image", path);
    file_close(&fd);
    return -1;
}

struct line {
    char text[LINE_SIZE];
    char *fields[MOST_FIELDS]; /* those that are missing at its end are empty */
};

static void split(struct line *l)
{
    static char none[] = "";
    char *rest = l->text;

    l->text[strcspn(l->text, "\n")] = '\0';
    for (int i = 0; i < MOST_FIELDS; i++) {
        char *field = strsep(&rest, ":");

        l->fields[i] = field ? field : none;
    }
}

/* Of a line that is too long only the start is read. Tells whether there was a line. */
static bool next_line(FILE *file, struct line *l)
{
    char more[LINE_SIZE];

    if (ftell(file) >= ACCOUNTS_SIZE || !fgets(l->text, sizeof(l->text), file))
        return false;
    *more = '\0';
    while (!strchr(l->text, '\n') && !strchr(more, '\n') && ftell(file) < ACCOUNTS_SIZE &&
           fgets(more, sizeof(more), file))
        ;
    split(l);
    return true;
}

/* Closes the file. Returns `found`, or -1 after a report if it could not be read. */
static int end(FILE *file, int found, const char *path)
{
    if (ferror(file))
        found = report_errno("read /%s of the image", path);
    fclose(file);
    return found;
}

/* name:password:uid:gid:comment:home:shell */
static bool read_account(char **fields, struct account *a)
{
    const char *uid = accounts_read_id(fields[2], &a->uid);
    const char *gid = accounts_read_id(fields[3], &a->gid);
    size_t length = strlen(fields[5]);

    if (!uid || *uid || !gid || *gid)
        return false;
    strcpy(a->home, length > 0 && length < sizeof(a->home) ? fields[5] : "/");
    return true;
}

int accounts_find_user(const char *root, const char *name, uid_t uid, struct account *found)
{
    FILE *file = NULL;
    struct line l;
    bool is_found = false;
    int result = open_file(root, PASSWD, &file);

    if (!file)
        return result;
    while (!is_found && next_line(file, &l))
        is_found = (!name || strcmp(l.fields[0], name) == 0) && read_account(l.fields, found) &&
                   (name || found->uid == uid);
    return end(file, is_found, PASSWD);
}

/* name:password:gid:members */
int accounts_find_group(const char *root, const char *name, gid_t *gid)
{
    FILE *file = NULL;
    struct line l;
    bool is_found = false;
    int result = open_file(root, GROUP, &file);

    if (!file)
        return result;
    while (!is_found && next_line(file, &l)) {
        const char *rest = accounts_read_id(l.fields[2], gid);

        is_found = strcmp(l.fields[0], name) == 0 && rest && !*rest;
    }
    return end(file, is_found, GROUP);
}
