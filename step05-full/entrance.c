#include "entrance.h"

#include "descriptors.h"
#include "file.h"
#include "privilege.h"
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The user namespace is first: it gives the right to enter the others. */
static const struct {
    const char *name;
    int type;
} kinds[ENTRANCE_COUNT] = {
    {"user", CLONE_NEWUSER}, {"mnt", CLONE_NEWNS},  {"uts", CLONE_NEWUTS},
    {"ipc", CLONE_NEWIPC},   {"net", CLONE_NEWNET}, {"pid", CLONE_NEWPID},
};

int entrance_open(struct entrance *e, pid_t child)
{
    char path[64];

    explain_comment("hold the container's namespaces open, so that exec can enter them");
    for (int i = 0; i < ENTRANCE_COUNT; i++) {
        snprintf(path, sizeof(path), "/proc/%d/ns/%s", child, kinds[i].name);
        e->namespaces[i] = open(path, O_RDONLY | O_CLOEXEC);
        if (e->namespaces[i] < 0)
            return report_errno("open %s", path);
        e->count = i + 1;
    }
    return 0;
}

void entrance_close(struct entrance *e)
{
    while (e->count > 0)
        file_close(&e->namespaces[--e->count]);
}

/*
 * Tells whether a process has opened a descriptor itself. One that it was started with is no sign:
 * its caller may have left any namespace open. exec(2) has closed all that close at exec.
 */
static bool is_its_own(int launcher, const char *number)
{
    char path[64], line[128];
    unsigned flags = 0;

    snprintf(path, sizeof(path), "fdinfo/%.16s", number);
    FILE *file = file_open_stream(launcher, path);
    if (!file)
        return false;
    while (fgets(line, sizeof(line), file) && sscanf(line, "flags: %o", &flags) != 1)
        ;
    fclose(file);
    return flags & O_CLOEXEC;
}

/* A descriptor of a namespace is a link to "user:[4026531837]". */
static bool is_kind(int folder, const char *number, const char *kind)
{
    char target[64];
    ssize_t length = readlinkat(folder, number, target, sizeof(target) - 1);
    size_t name = strlen(kind);

    if (length < 0)
        return false;
    target[length] = '\0';
    return strncmp(target, kind, name) == 0 && strncmp(target + name, ":[", 2) == 0;
}

/* Returns the launcher's descriptor of one kind, opened again, or -1 with errno. */
static int find_one(DIR *folder, int launcher, int kind)
{
    const struct dirent *entry;

    rewinddir(folder);
    do {
        errno = 0;
        entry = readdir(folder);
        if (entry && is_kind(dirfd(folder), entry->d_name, kinds[kind].name) &&
            is_its_own(launcher, entry->d_name))
            return openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC);
    } while (entry);
    if (errno == 0)
        errno = ENOENT;
    return -1;
}

static int check_owner(int users)
{
    uid_t owner;

    if (ioctl(users, NS_GET_OWNER_UID, &owner) < 0)
        return report_errno("ask who made the container's user namespace");
    if (owner == geteuid())
        return 0;
    errno = EPERM;
    return report_errno("user %u made the container's user namespace", owner);
}

static int check(int namespace, int kind, int users)
{
    if (ioctl(namespace, NS_GET_NSTYPE) != kinds[kind].type) {
        errno = EINVAL;
        return report_errno("%s is no namespace of its kind", kinds[kind].name);
    }
    if (kinds[kind].type == CLONE_NEWUSER)
        return check_owner(users);
    cleanup_fd int owner = ioctl(namespace, NS_GET_USERNS);
    if (owner >= 0 && descriptors_are_same(owner, users))
        return 0;
    errno = owner < 0 ? errno : EPERM;
    return report_errno("the namespace %s is not the container's", kinds[kind].name);
}

static int find_all(struct entrance *e, DIR *folder, int launcher)
{
    for (int i = 0; i < ENTRANCE_COUNT; i++) {
        e->namespaces[i] = find_one(folder, launcher, i);
        if (e->namespaces[i] < 0) {
            report_errno("find the container's namespace %s among what its launcher holds",
                         kinds[i].name);
            privilege_hint(CAP_SYS_PTRACE);
            return -1;
        }
        e->count = i + 1;
        if (check(e->namespaces[i], i, e->namespaces[0]) < 0)
            return -1;
    }
    return 0;
}

int entrance_find(struct entrance *e, int launcher)
{
    int fd = openat(launcher, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);

    if (!folder) {
        report_errno("look at the descriptors of the container's launcher");
        file_close(&fd);
        return -1;
    }
    int result = find_all(e, folder, launcher);
    int error = errno;
    closedir(folder);
    errno = error;
    return result;
}

int entrance_enter(const struct entrance *e)
{
    explain_comment(
        "enter the namespaces that the launcher holds: nsenter --user=FILE --mount=...");
    for (int i = 0; i < e->count; i++)
        if (setns(e->namespaces[i], kinds[i].type) < 0)
            return report_errno("setns to the container's namespace %s", kinds[i].name);
    return 0;
}
