#include "sysfs.h"

#include "file.h"
#include "mount_fd.h"
#include "report.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { READ_ONLY = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

int sysfs_open(int *mount)
{
    *mount = mount_fd_new("sysfs", NULL, READ_ONLY);
    return *mount < 0 ? -1 : 0;
}

/* Covers `path`, if it is there. `first` is the first path that was covered, or empty. */
static int hide(const char *path, char *first)
{
    if (access(path, F_OK) < 0)
        return errno == ENOENT ? 0 : report_errno("look at %s", path);
    if (!*first) {
        strcpy(first, path);
        return mount_fd_cover_folder(path);
    }
    explain("mount", "--bind", first, path, NULL);
    int mount = mount_fd_copy(first, READ_ONLY);
    return mount < 0 ? -1 : mount_fd_attach(mount, path);
}

static bool is_cpu(const char *name)
{
    return strncmp(name, "cpu", 3) == 0 && isdigit((unsigned char)name[3]);
}

static int hide_heat_of(const char *cpus, const char *name, char *first)
{
    char cpu[PATH_MAX], path[PATH_MAX];

    if (file_join(cpu, sizeof(cpu), cpus, name) < 0 ||
        file_join(path, sizeof(path), cpu, "thermal_throttle") < 0)
        return -1;
    return hide(path, first);
}

/*
 * One mount for each CPU that has such a folder. To cover the folder above, in one mount, would
 * hide how many CPUs there are, which programs ask.
 */
static int hide_heat(const char *cpus, char *first)
{
    struct dirent *entry;
    int result = 0;
    DIR *dir = opendir(cpus);

    if (!dir)
        return errno == ENOENT ? 0 : report_errno("read %s", cpus);
    while (result == 0 && (errno = 0, entry = readdir(dir)))
        if (is_cpu(entry->d_name))
            result = hide_heat_of(cpus, entry->d_name, first);
    if (result == 0 && errno != 0)
        result = report_errno("read %s", cpus);
    int error = errno;
    closedir(dir);
    errno = error;
    return result;
}

int sysfs_hide(const char *sys)
{
    static const char *const folders[] = {"firmware", "devices/virtual/powercap"};
    char path[PATH_MAX], first[PATH_MAX] = "";

    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
        if (file_join(path, sizeof(path), sys, folders[i]) < 0 || hide(path, first) < 0)
            return -1;
    if (file_join(path, sizeof(path), sys, "devices/system/cpu") < 0)
        return -1;
    return hide_heat(path, first);
}

int sysfs_attach(int mount)
{
    if (file_make_mount_point("/sys") < 0)
        return -1;
    explain_comment(
        "mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys, made while the host was in sight");
    return mount_fd_attach(mount, "/sys") < 0 ? -1 : sysfs_hide("/sys");
}
