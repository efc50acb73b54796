#include "idhelper.h"

#include "file.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A helper has rights over others' ids, so only root may have written it. */
static bool is_trusted(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == 0 &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 && status.st_mode & S_IXUSR;
}

/* Not in the folders of PATH: the caller may have one that another user can write to. */
int idhelper_open(const char *root, const char *name, char *path, size_t size)
{
    static const char *const folders[] = {"/usr/bin", "/bin", "/usr/sbin", "/sbin",
                                          "/run/wrappers/bin" /* of NixOS */};

    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        if ((size_t)snprintf(path, size, "%s%s/%s", root, folders[i], name) >= size)
            continue;
        int fd = open(path, O_PATH | O_CLOEXEC);
        if (fd >= 0 && is_trusted(fd))
            return fd;
        file_close(&fd);
    }
    errno = ENOENT;
    return -1;
}

bool idhelper_is_installed(const char *name)
{
    char path[64];
    cleanup_fd int fd = idhelper_open("", name, path, sizeof(path));

    return fd >= 0;
}

int idhelper_run(const char *name, char **command)
{
    char path[64];
    cleanup_fd int program = idhelper_open("", name, path, sizeof(path));
    int status;

    if (program < 0)
        return report_errno("find %s", name);
    command[0] = path;
    explain(path, command[1], command[2], command[3], command[4], command[5], command[6],
            command[7], NULL);

    pid_t child = fork();
    if (child < 0) {
        report_errno("fork");
        process_hint_fork();
        return -1;
    }
    if (child == 0) {
        fexecve(program, command, environ); /* the file that was checked */
        report_errno("exec %s", path);
        _exit(EXIT_NOT_FOUND);
    }
    if (waitpid(child, &status, 0) < 0)
        return report_errno("waitpid %d", child);
    if (WIFEXITED(status) && WEXITSTATUS(status) != EXIT_NOT_FOUND)
        return WEXITSTATUS(status) == 0 ? 0 : 1;
    errno = ECHILD;
    return report_errno("run %s to its end", path);
}
