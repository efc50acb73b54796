#include "stage.h"

#include "inventory.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static struct {
    const struct subject *subject;
    char dir[PATH_MAX - 64], scratch[PATH_MAX], name[STAGE_NAME];
    bool second; /* a container of another name                     */
    int healthy; /* the status of wait(2) when nothing went wrong   */
    char before[INVENTORY_SIZE], after[INVENTORY_SIZE];
    int in, out, err; /* of the program                       */
    int master;       /* of the terminal, or -1               */
    char *guards;     /* where look() writes                  */
    size_t guards_size;
} stage;

static int complain(const char *what)
{
    fprintf(stderr, "faults: %s: %s\n", what, strerror(errno));
    return -1;
}

static int run_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run_shell(const char *format, ...)
{
    char line[4 * PATH_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    return system(line) == 0 ? 0 : complain(line);
}

/* As tests/support/fixture.c does: a mount that leaks from a container is seen, and stays here. */
static int own_mounts(void)
{
    if (geteuid() != 0)
        return 0;
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
        return complain("make a mount namespace");
    return 0;
}

/* The user gets a range of ids in this mount namespace alone. */
static int grant_range(void)
{
    if (!stage.subject->with_range)
        return 0;
    return run_shell("cd '%s' && echo 'nobody:100000:65536' >range && "
                     "mount --bind range /etc/subuid && mount --bind range /etc/subgid",
                     stage.dir);
}

int stage_make(const struct subject *s, const char *build, const char *folder, int number)
{
    stage.subject = s;
    snprintf(stage.dir, sizeof(stage.dir), "%.*s/%02d", PATH_MAX - 128, folder, number);
    snprintf(stage.scratch, sizeof(stage.scratch), "%s/scratch", stage.dir);
    snprintf(stage.name, sizeof(stage.name), "faults-%d-%02d", getppid(), number);
    if (own_mounts() < 0 ||
        run_shell(
            "umask 022 && mkdir -p '%s' && cd '%s' && mkdir -p scratch volume image/bin image/etc "
            "image/proc image/srv image/tmp && cp '%s%s%s' program && "
            "cp '%s/tests/faults/probe' image/bin/ && echo x >volume/file && { %s; }",
            stage.dir, stage.dir, s->is_peer ? "" : build, s->is_peer ? "" : "/", s->program, build,
            s->prepare ? s->prepare : ":") < 0 ||
        grant_range() < 0)
        return -1;
    if (s->as_user && geteuid() == 0 && run_shell("chown -R %d:%d '%s'", NOBODY, NOBODY, stage.dir))
        return -1;
    if (chdir(stage.dir) < 0)
        return complain(stage.dir);
    inventory_take(stage.before, stage.dir, stage.name);
    return 0;
}

void stage_remove(void)
{
    if (chdir("/") < 0)
        return;
    inventory_clear(stage.dir, stage.dir, stage.name);
    rmdir(stage.dir);
}

void stage_shorten(char *text)
{
    size_t length = strlen(stage.dir) + 1;

    while ((text = strstr(text, stage.dir)))
        if (text[length - 1] == '/')
            memmove(text, text + length, strlen(text + length) + 1);
        else
            text++;
}

static int open_streams(void)
{
    int terminal = -1;

    stage.master = -1;
    stage.in = memfd_create("stdin", MFD_CLOEXEC);
    stage.out = memfd_create("stdout", MFD_CLOEXEC);
    stage.err = memfd_create("stderr", MFD_CLOEXEC);
    if (stage.in < 0 || stage.out < 0 || stage.err < 0)
        return complain("make files for a program");
    if (!stage.subject->on_terminal)
        return 0;
    if (openpty(&stage.master, &terminal, NULL, NULL, NULL) < 0 ||
        dup3(terminal, stage.in, O_CLOEXEC) < 0 || dup3(terminal, stage.out, O_CLOEXEC) < 0)
        return complain("make a terminal");
    fcntl(stage.master, F_SETFD, FD_CLOEXEC);
    close(terminal);
    return 0;
}

static void drop_rights(void)
{
    if (!stage.subject->as_user || geteuid() != 0)
        return;
    if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
        setresuid(NOBODY, NOBODY, NOBODY) < 0)
        _exit(99);
    prctl(PR_SET_DUMPABLE, 1); /* or /proc/self would be root's */
}

/* newuidmap is hidden from those who shall not have it. */
static void set_environment(void)
{
    if (clearenv() != 0 || setenv("TMPDIR", stage.scratch, 1) < 0 ||
        setenv("PATH", stage.subject->with_range ? "/usr/bin:/bin" : "/none", 1) < 0)
        _exit(99);
}

static void become_subject(void *arg)
{
    const char *words[SUBJECT_WORDS + 2] = {stage.subject->program};
    char name[STAGE_NAME + 8], path[PATH_MAX];

    (void)arg;
    snprintf(name, sizeof(name), "%s%s", stage.name, stage.second ? "-next" : "");
    snprintf(path, sizeof(path), "%s/program", stage.dir);
    for (int i = 0; i < SUBJECT_WORDS && stage.subject->words[i]; i++)
        words[i + 1] =
            strcmp(stage.subject->words[i], "NAME") == 0 ? name : stage.subject->words[i];
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    setsid();
    if (stage.master >= 0)
        ioctl(stage.in, TIOCSCTTY, 0);
    if (dup2(stage.in, 0) < 0 || dup2(stage.out, 1) < 0 || dup2(stage.err, 2) < 0)
        _exit(99);
    closefrom(3);
    set_environment();
    drop_rights();
    execv(path, (char *const *)words);
    perror(path);
}

static void note_guard(const char *name, const char *value)
{
    size_t length = strlen(stage.guards);

    snprintf(stage.guards + length, stage.guards_size - length, "%s %s\n", name, value);
}

static void note_namespace(pid_t pid, const char *name)
{
    char path[64], theirs[64] = "", ours[64] = "";

    snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
    if (readlink(path, theirs, sizeof(theirs) - 1) < 0)
        return;
    snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
    if (readlink(path, ours, sizeof(ours) - 1) < 0)
        return;
    note_guard(name, strcmp(theirs, ours) == 0 ? "is the host's" : "is its own");
}

/* inject_run() calls this for a process that has just become another program. */
static bool look(pid_t pid, void *arg)
{
    static const char *const namespaces[] = {"mnt", "uts", "ipc", "net", "pid", "user", "cgroup"};
    char path[64], comm[32] = "";

    (void)arg;
    snprintf(path, sizeof(path), "/proc/%d/comm", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool is_command = fgets(comm, sizeof(comm), file) && strcmp(comm, "probe\n") == 0;
    fclose(file);
    for (size_t i = 0; is_command && i < sizeof(namespaces) / sizeof(*namespaces); i++)
        note_namespace(pid, namespaces[i]);
    if (is_command)
        inventory_limits(stage.name, stage.guards, stage.guards_size);
    return is_command;
}

static void take_text(int fd, char *text)
{
    ssize_t length, done = 0;

    if (fd == stage.master)
        fcntl(fd, F_SETFL, O_NONBLOCK);
    else
        lseek(fd, 0, SEEK_SET);
    while (done < STAGE_TEXT - 1 && (length = read(fd, text + done, STAGE_TEXT - 1 - done)) > 0)
        done += length;
    text[done] = '\0';
}

/* The relay makes the terminal raw, and must undo it. */
static bool is_raw(void)
{
    struct termios mode;

    return stage.master >= 0 && tcgetattr(stage.master, &mode) == 0 && !(mode.c_lflag & ICANON);
}

static void close_streams(void)
{
    close(stage.in);
    close(stage.out);
    close(stage.err);
    if (stage.master >= 0)
        close(stage.master);
}

static int run_once(const struct plan *plan, struct seen *seen)
{
    struct plan whole = plan ? *plan : (struct plan){0};

    whole.become = become_subject;
    whole.look = look;
    *seen->guards = *seen->left = '\0';
    stage.guards = seen->guards;
    stage.guards_size = sizeof(seen->guards);
    if (open_streams() < 0)
        return -1;
    if (inject_run(&whole, &seen->course) < 0)
        return complain("trace a program");
    take_text(stage.master >= 0 ? stage.master : stage.out, seen->out);
    take_text(stage.err, seen->err);
    seen->is_raw = is_raw();
    close_streams();
    return 0;
}

/* A container of another name. It must run, and take away what is there of a dead one. */
static int run_next(struct seen *seen)
{
    static struct seen next;

    stage.second = true;
    int result = run_once(NULL, &next);
    stage.second = false;
    if (result == 0 && next.course.status != stage.healthy)
        snprintf(seen->left, sizeof(seen->left), "the next container did not run: %.400s",
                 next.err);
    return result;
}

static void look_around(struct seen *seen)
{
    inventory_take(stage.after, stage.dir, stage.name);
    if (!*seen->left)
        inventory_compare(stage.before, stage.after, seen->left, sizeof(seen->left));
}

/* What stays after this would make all later verdicts wrong. */
static int clear(void)
{
    char line[512];

    inventory_clear(stage.dir, stage.scratch, stage.name);
    inventory_take(stage.after, stage.dir, stage.name);
    inventory_compare(stage.before, stage.after, line, sizeof(line));
    if (!*line)
        return 0;
    fprintf(stderr, "faults: the stage cannot be cleared: %s\n", line);
    return -1;
}

int stage_run(const struct plan *plan, struct seen *seen)
{
    bool killed = plan && plan->signal == SIGKILL;

    if (run_once(plan, seen) < 0)
        return -1;
    if (!plan || !plan->point)
        stage.healthy = seen->course.status;
    look_around(seen);
    seen->named = *seen->left && inventory_is_named(stage.before, stage.after, seen->err);
    if (*seen->left && (killed || seen->named)) {
        *seen->left = '\0';
        if (run_next(seen) < 0)
            return -1;
        look_around(seen);
    }
    if (*seen->left && clear() < 0)
        return -1;
    if (seen->is_raw && !*seen->left)
        snprintf(seen->left, sizeof(seen->left), "the terminal is raw");
    return 0;
}
