#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

int open_secret(int dir)
{
    return opened(openat(dir, host.secret + 1, O_RDONLY)); /* + 1: the path is absolute */
}

int need_proc(void)
{
    return access("/proc/self", F_OK) == 0 ? 0 : mount("proc", "/proc", "proc", 0, NULL);
}

int need_sys(void)
{
    return access("/sys/kernel", F_OK) == 0 ? 0 : mount("sysfs", "/sys", "sysfs", 0, NULL);
}

int opened(int fd)
{
    return fd < 0 ? -1 : close(fd);
}

static int leaks_names(const char *path)
{
    DIR *dir = opendir(path);
    int count = 0;

    if (!dir)
        return -1;
    while (readdir(dir))
        count++;
    closedir(dir);
    return count > 2 ? 0 : stopped("empty"); /* "." and ".." */
}

int leaks(const char *path)
{
    char text[64];
    int fd = open(path, O_RDONLY | O_NONBLOCK);

    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, sizeof(text));
    int error = errno;
    close(fd);
    errno = error;
    if (length < 0)
        return errno == EISDIR ? leaks_names(path) : -1;
    return length > 0 ? 0 : stopped("empty");
}

int overwrite(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);

    if (fd < 0)
        return -1;
    ssize_t length = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return length < 0 ? -1 : 0;
}

const char *format(const char *format, ...)
{
    static char text[PATH_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return text;
}
