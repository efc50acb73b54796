#include "hosts.h"

#include "hostname.h"

#include "file.h"
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * O_NONBLOCK: a FIFO would make us wait. A link may lead to /proc, where a write is an act: so no
 * mount is crossed.
 */
static int open_below(int root, const char *path, unsigned long long flags)
{
    struct open_how how = {.flags = flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                           .mode = flags & O_CREAT ? 0644 : 0,
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS};

    return file_open_within(root, path, &how);
}

/*
 * Whether the image does not let us write this file. EOVERFLOW: it is of an owner who has no id
 * inside. EEXIST and ENOENT: a link that leads to nothing.
 */
static bool means_leave_alone(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV ||
           error == EACCES || error == EPERM || error == EROFS || error == EOVERFLOW ||
           error == EEXIST || error == ENXIO || error == ENODEV || error == EISDIR ||
           error == ETXTBSY;
}

static int fail(const char *path)
{
    if (!means_leave_alone(errno))
        return report_errno("write /%s of the container", path);
    explain_comment("/%s is left as it is: %s", path, strerrorname_np(errno));
    return 0;
}

/* Returns 1 with the whole text, 0 if there is no file, or -1 with errno. */
static int read_whole(int root, const char *path, char *text)
{
    struct stat status;
    cleanup_fd int fd = open_below(root, path, O_RDONLY);

    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    if (fstat(fd, &status) < 0)
        return -1;
    errno = EACCES; /* no plain file, or too long a one */
    if (!S_ISREG(status.st_mode) || status.st_size >= HOSTS_SIZE)
        return -1;
    ssize_t length = read(fd, text, HOSTS_SIZE - 1);
    if (length < 0)
        return -1;
    text[length] = '\0';
    return 1;
}

static void explain_lines(char *text, const char *path)
{
    char whole[64];

    snprintf(whole, sizeof(whole), "/%s", path);
    for (char *line; (line = strsep(&text, "\n"));)
        explain_append(line, whole);
}

/* `before` ends in a newline, or is empty: the end of the last line, or the first lines of a file.
 */
static int append(int root, const char *path, unsigned long long flags, const char *before,
                  const char *line)
{
    char text[512];
    cleanup_fd int fd = open_below(root, path, flags);

    if (fd < 0)
        return fail(path);
    snprintf(text, sizeof(text), "%s%s", before, line);
    explain_lines(text, path);
    snprintf(text, sizeof(text), "%s%s\n", before, line);
    if (flags & O_CREAT && fchmod(fd, 0644) < 0) /* whatever the umask is */
        return report_errno("chmod /%s", path);
    errno = EIO; /* for a write that takes only a part */
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        return report_errno("write /%s of the container", path);
    return 0;
}

/* In a line the address is first, and then the names. After # comes a comment. */
static bool has_name(char *line, const char *name)
{
    char *word;

    line[strcspn(line, "#")] = '\0';
    for (int i = 0; (word = strsep(&line, " \t\r"));)
        if (*word && i++ > 0 && strcasecmp(word, name) == 0)
            return true;
    return false;
}

static bool is_there(char *text, const char *name)
{
    for (char *line; (line = strsep(&text, "\n"));)
        if (has_name(line, name))
            return true;
    return false;
}

static int add_line(int root, const char *name)
{
    static const char path[] = "etc/hosts";
    static char text[HOSTS_SIZE];
    char line[256];
    int found = read_whole(root, path, text);

    if (found < 0)
        return fail(path);
    const char *before = found == 0 ? "127.0.0.1 localhost\n::1 localhost\n"
                         : *text && text[strlen(text) - 1] != '\n' ? "\n"
                                                                   : "";
    if (is_there(text, name))
        return 0;
    snprintf(line, sizeof(line), "127.0.0.1 %s", name);
    return append(root, path, found ? O_WRONLY | O_APPEND : O_WRONLY | O_CREAT | O_EXCL, before,
                  line);
}

static int make_name(int root, const char *name)
{
    static const char path[] = "etc/hostname";

    return append(root, path, O_WRONLY | O_CREAT | O_EXCL, "", name);
}

int hosts_add(const char *root, const char *name)
{
    cleanup_fd int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (dir < 0)
        return report_errno("open %s", root);
    if (file_make_folder(dir, "etc", 0755) == 0)
        explain("mkdir", "/etc", NULL);
    else if (errno != EEXIST)
        return fail("etc");
    if (add_line(dir, name) < 0)
        return -1;
    return make_name(dir, name);
}

int hosts_set(const char *root, const char *name)
{
    return hostname_set(name) < 0 ? -1 : hosts_add(root, name);
}
