#include "command.h"

#include "file.h"
#include "interpreter.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char PATH[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* clearenv(3) leaves the old texts in memory, and /proc/PID/environ still shows them. */
static void wipe(char **variables)
{
    for (; variables && *variables; variables++)
        explicit_bzero(*variables, strlen(*variables));
}

/* The prompt is then the container's. */
static void explain_environment(const char *term, const char *prompt)
{
    char path[128], callers[128], ps1[300];

    snprintf(path, sizeof(path), "PATH=%s", PATH);
    snprintf(callers, sizeof(callers), "TERM=%s", term);
    snprintf(ps1, sizeof(ps1), "PS1=%s", prompt);
    explain("exec", "env", "-i", path, "HOME=/root", callers, ps1, "/bin/sh", NULL);
}

int command_environment(const char *name)
{
    const char *callers_term = getenv("TERM");
    char *term = strdup(callers_term ? callers_term : "linux");
    char prompt[256];
    int result = -1;

    snprintf(prompt, sizeof(prompt), "%s-# ", name);
    explain_environment(callers_term ? callers_term : "linux", prompt);
    wipe(environ);
    if (term && clearenv() == 0 && setenv("PATH", PATH, 1) == 0 &&
        setenv("HOME", "/root", 1) == 0 && setenv("TERM", term, 1) == 0 &&
        setenv("PS1", prompt, 1) == 0)
        result = 0;
    else
        report_errno("set the environment");
    free(term);
    return result;
}

/*
 * Looks for a name without a slash in PATH, where an empty folder is the working directory. Takes
 * the first file that can be executed, or else the first that exists. Returns the name itself if no
 * folder has such a file.
 */
static const char *find_command(const char *name, char *found, size_t size)
{
    const char *dir = getenv("PATH"), *end;
    char candidate[PATH_MAX];
    struct stat status;

    *found = '\0';
    for (; dir && !strchr(name, '/'); dir = *end ? end + 1 : NULL) {
        end = dir + strcspn(dir, ":");
        int length = (int)(end - dir);

        int needed = snprintf(candidate, sizeof(candidate), "%.*s/%s", length ? length : 1,
                              length ? dir : ".", name);
        if ((size_t)needed >= sizeof(candidate) || stat(candidate, &status) < 0)
            continue;
        bool runs = S_ISREG(status.st_mode) && access(candidate, X_OK) == 0;
        if (runs || !*found)
            snprintf(found, size, "%s", candidate);
        if (runs)
            break;
    }
    return *found ? found : name;
}

/* If the file is there, ENOENT means that the kernel did not find the program that runs it. */
static void hint_missing(const char *path)
{
    char name[PATH_MAX];

    if (*path == '-')
        report_hint("options come first; this one is taken for the command");
    if (!strchr(path, '/') || access(path, F_OK) < 0) {
        if (strcmp(path, "/bin/sh") == 0)
            report_hint("the image has no shell; `make rootfs` prepares an image with one");
        return;
    }
    if (interpreter_find(path, name, sizeof(name)) < 0)
        return;
    report_hint("%s is there, but what runs it is not in the image: %s", path, name);
    report_hint("copy it, and the libraries that `ldd` lists for the file on the host, to the "
                "same places inside the image");
}

static void hint_unfit(const char *path, int error)
{
    struct stat status;

    if (error == ENOEXEC)
        report_hint("%s is neither a program for this machine nor a script that begins with #!",
                    path);
    else if (error == EACCES && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        report_hint("%s is a directory", path);
    else if (error == EACCES && access(path, X_OK) < 0)
        report_hint("%s is not executable: chmod +x", path);
}

int command_exec(char **command)
{
    char found[PATH_MAX];
    const char *path = find_command(command[0], found, sizeof(found));

    explain_exec(command);
    /* Without a slash the kernel would look in the working directory, which is not in PATH. */
    if (strchr(path, '/'))
        execve(path, command, environ);
    else
        errno = strlen(path) > NAME_MAX ? ENAMETOOLONG : ENOENT;

    int error = errno;
    report_errno("exec %s", path);
    if (error == ENOENT) {
        hint_missing(path);
        return EXIT_NOT_FOUND;
    }
    hint_unfit(path, error);
    errno = error;
    process_hint_fork();
    return error == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}
