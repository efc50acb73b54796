/*
 * The command in the container: prints all guards that a process can see of itself. The last line
 * is "end", so that the reader knows that nothing is missing.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

static void print_line(const char *name, const char *line)
{
    static const char *const guards[] = {"Umask", "Uid",     "Gid",    "Groups", "Cap",
                                         "NoNew", "Seccomp", "SigBlk", "SigIgn", "SigCgt"};

    for (size_t i = 0; i < sizeof(guards) / sizeof(*guards); i++)
        if (strncmp(line, guards[i], strlen(guards[i])) == 0 || strcmp(name, "status") != 0) {
            printf("%s: %s", name, line);
            return;
        }
}

static void print_file(const char *name)
{
    char path[PATH_MAX], line[PATH_MAX];

    snprintf(path, sizeof(path), "/proc/self/%s", name);
    FILE *file = fopen(path, "re");
    if (!file) {
        printf("%s: none\n", name);
        return;
    }
    while (fgets(line, sizeof(line), file))
        print_line(name, line);
    fclose(file);
}

/*
 * Without the numbers, which are others each time: "36 35 98:0 /mnt /x rw shared:5 - ext3 ...", and
 * that of the descriptor in "lowerdir=/proc/self/fd/5".
 */
static void print_mounts(void)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    char line[PATH_MAX];

    while (file && fgets(line, sizeof(line), file)) {
        int start = 0;

        sscanf(line, "%*d %*d %*s %n", &start);
        printf("mount: ");
        for (const char *c = line + start; *c; c++) {
            putchar(*c);
            if (*c == ':' || (*c == '/' && c - line > 3 && strncmp(c - 3, "/fd", 3) == 0))
                c += strspn(c + 1, "0123456789");
        }
    }
    if (file)
        fclose(file);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void print_folder(const char *folder)
{
    struct dirent **entries;
    struct stat s;
    char path[PATH_MAX];
    int count = scandir(folder, &entries, NULL, by_name);

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (lstat(path, &s) == 0)
            printf("%s: mode %o owner %u:%u device %u:%u\n", path, s.st_mode, s.st_uid, s.st_gid,
                   major(s.st_rdev), minor(s.st_rdev));
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static void print_descriptors(void)
{
    for (int fd = 0; fd < 256; fd++) {
        struct stat s;

        if (fstat(fd, &s) == 0)
            printf("descriptor %d: %s, mode %o\n", fd, isatty(fd) ? "terminal" : "file",
                   s.st_mode & S_IFMT);
    }
}

static void print_limits(void)
{
    struct rlimit limit;

    for (int i = 0; i < RLIMIT_NLIMITS; i++)
        if (getrlimit(i, &limit) == 0)
            printf("rlimit %d: %llu %llu\n", i, (unsigned long long)limit.rlim_cur,
                   (unsigned long long)limit.rlim_max);
}

static void print_self(void)
{
    char name[256] = "", folder[PATH_MAX] = "";
    struct statfs fs = {0};
    int signal = 0;

    gethostname(name, sizeof(name) - 1);
    printf("hostname: %s\n", name);
    printf("folder: %s\n", getcwd(folder, sizeof(folder)) ? folder : "none");
    statfs("/", &fs);
    printf("root: type %lx flags %lx\n", (unsigned long)fs.f_type, (unsigned long)fs.f_flags);
    prctl(PR_GET_PDEATHSIG, &signal);
    printf("dies with its parent: signal %d\n", signal);
    printf("securebits: %d\n", prctl(PR_GET_SECUREBITS));
    printf("leads its session: %d, its group: %d\n", getsid(0) == getpid(), getpgrp() == getpid());
    for (char **variable = environ; *variable; variable++)
        printf("variable: %s\n", *variable);
}

int main(void)
{
    print_descriptors();
    print_file("status");
    print_file("uid_map");
    print_file("gid_map");
    print_file("setgroups");
    print_file("cgroup");
    print_mounts();
    print_limits();
    print_folder("/");
    print_folder("/dev");
    print_folder("/sys");
    print_self();
    puts("end");
    return fflush(stdout) == 0 ? 7 : 1; /* 7: that this status arrives is a part of the promise */
}
