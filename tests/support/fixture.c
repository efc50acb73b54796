#include "fixture.h"

#include "audit.h"
#include "check.h"
#include "files.h"
#include "program.h"
#include "snapshot.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture fixture;

const char *in_fixture(const char *name)
{
    return path_in(fixture.dir, name);
}

/* The build folder, two above this program's own, unless CONTAINER_BUILD names it. */
static const char *build_folder(void)
{
    static char path[PATH_MAX];
    const char *chosen = getenv("CONTAINER_BUILD");

    if (chosen && realpath(chosen, path))
        return path;
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    path[length < 0 ? 0 : length] = '\0';
    for (int up = 0; up < 3; up++)
        if (strrchr(path, '/'))
            *strrchr(path, '/') = '\0';
    return path;
}

/* build/rootfs. A build in a folder below, as build/sanitize, uses it too. */
static const char *image_folder(void)
{
    const char *chosen = getenv("CONTAINER_ROOTFS");
    const char *own = path_in(build_folder(), "rootfs"),
               *shared = path_in(build_folder(), "../rootfs");

    if (chosen)
        return chosen;
    return exists(shared) && !exists(own) ? shared : own;
}

/* The upper layer of an overlay cannot be on another overlay. */
static const char *place_for_fixture(void)
{
    const char *places[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};
    struct statfs fs;

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        if (places[i] && statfs(places[i], &fs) == 0 && fs.f_type != OVERLAYFS_SUPER_MAGIC)
            return places[i];
    return "/tmp";
}

/*
 * Root's tests run in a mount namespace of their own. Its mounts are shared with each other, as
 * systemd shares those of a real machine. So we see a mount that leaks from a container, and it
 * does not reach the machine.
 */
static bool own_mounts(void)
{
    static bool done;

    if (!done && geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        done = mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) == 0;
    return done;
}

static void unmount_below(const char *folder)
{
    shell("cut -d ' ' -f 5 /proc/self/mountinfo | grep '^%s/' | sort -r | "
          "while read -r place; do umount -l \"$place\"; done",
          folder);
}

/*
 * When a test has left its fixture as it was, the next test uses it too: copying the image is most
 * of the work of a short test.
 */
static struct {
    char dir[FIXTURE_PATH];
    char programs[FIXTURE_PATH]; /* the programs in a fixture are hard links to these */
    struct snapshot snapshot;
} kept[2]; /* of root, and of an ordinary user */
static pid_t owner;

static void remove_fixture(const char *dir)
{
    if (geteuid() == 0)
        unmount_below(dir); /* what a failed test left */
    shell("chmod -R u+rwX '%s' && rm -rf '%s'", dir, dir);
}

static void remove_kept(void)
{
    if (getpid() != owner)
        return;
    for (int i = 0; i < 2; i++) {
        if (*kept[i].dir)
            remove_fixture(kept[i].dir);
        if (*kept[i].programs)
            shell("rm -rf '%s'", kept[i].programs);
    }
}

static void set_paths(const char *dir)
{
    if (dir != fixture.dir)
        snprintf(fixture.dir, sizeof(fixture.dir), "%.230s", dir);
    snprintf(fixture.programs, sizeof(fixture.programs), "%.230s/programs", dir);
    snprintf(fixture.image, sizeof(fixture.image), "%.230s/image", dir);
    snprintf(fixture.scratch, sizeof(fixture.scratch), "%.230s/scratch", dir);
    setenv("TMPDIR", fixture.scratch, 1);
}

static void make_folder(char *path, const char *kind)
{
    static const char *place; /* asked once: a fixture changes TMPDIR */

    if (!place)
        place = strdup(place_for_fixture());
    snprintf(path, FIXTURE_PATH, "%.200s/container-%s.XXXXXX", place, kind);
    if (!mkdtemp(path))
        fail_msg("cannot make %s: %s", path, strerror(errno));
    chmod(path, 0755);
}

static void give_to_user(const char *folder)
{
    if (fixture.as_user)
        shell("chown -R %u:%u '%s'", ordinary_uid(), ordinary_gid(), folder);
}

static void copy_programs(void)
{
    char *programs = kept[fixture.as_user].programs;

    if (!*programs) {
        make_folder(programs, "programs");
        shell("cd '%s' && for f in step?? join exec; do [ ! -f $f ] || cp $f '%s'; done",
              build_folder(), programs);
        give_to_user(programs);
    }
    shell("cp -al '%s' '%s'", programs, fixture.programs);
}

static void make_fixture(void)
{
    if (*kept[fixture.as_user].dir) {
        set_paths(kept[fixture.as_user].dir);
        return;
    }
    if (!owner) {
        owner = getpid();
        atexit(remove_kept);
    }
    make_folder(fixture.dir, "test");
    set_paths(fixture.dir);
    mkdir(fixture.scratch, 0711);
    shell("cp -a '%s' '%s'", image_folder(), fixture.image);
    copy_programs();
    give_to_user(fixture.dir);
    snprintf(kept[fixture.as_user].dir, sizeof(kept->dir), "%s", fixture.dir);
    snapshot_take(&kept[fixture.as_user].snapshot, fixture.dir, fixture.scratch);
}

/* Tries what step03 does. AppArmor or a container around us may forbid it to this user. */
static int try_user_namespaces(void)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) < 0)
        return 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
              mount("proc", "/proc", "proc", 0, NULL) < 0);
    int status = 1;
    waitpid(pid, &status, 0);
    return status != 0;
}

void need_programs_of_this_kind(void)
{
    struct utsname machine;

    if (sizeof(long) == 4 && uname(&machine) == 0 && strstr(machine.machine, "64"))
        check_skip("this machine's programs are 64-bit, and the steps are not");
}

void need_user_namespaces(void)
{
    static int answers[2] = {-1, -1};
    int *answer = &answers[fixture.as_user];

    if (*answer < 0)
        *answer = (fixture.as_user ? as_ordinary_user : in_child)(try_user_namespaces);
    if (*answer != 0)
        check_skip("user namespaces are forbidden here, as `make doctor` explains");
}

static void skip_where_impossible(void)
{
    if (!fixture.as_user && geteuid() != 0)
        check_skip("needs root: sudo make test");
    if (!fixture.as_user && !own_mounts())
        check_skip("root may not mount here");
    if (fixture.as_user || (fixture.step && strcmp(fixture.step, "step03") >= 0))
        need_user_namespaces(); /* step03 is the first that a user can run */
    if (!exists(image_folder()))
        fail_msg("no image: %s; `make rootfs` prepares it", image_folder());
}

void fixture_run(void **state)
{
    const struct fixture_test *test = *state;

    fixture = (struct fixture){.as_user = test->as_user, .step = test->step};
    skip_where_impossible();
    make_fixture();
    audit_begin(fixture.scratch, own_mounts() ? "" : fixture.dir);
    test->test(state);
}

void copy_probe(const char *name)
{
    shell("cp '%s/tests/steps/%s' '%s'", build_folder(), name, fixture.image);
}

void remove_leftovers(void)
{
    if (geteuid() == 0)
        unmount_below(fixture.scratch);
    /* A cgroup stays busy until its last process is really gone. */
    shell(
        "cd '%s'; for name in *; do [ -e \"$name\" ] || continue; "
        "grep ' - cgroup' /proc/self/mountinfo | cut -d ' ' -f 5 | while read -r top; do "
        "find $top -depth -type d -name $name; find $top -depth -type d -name $name.caller; done; "
        "done | while read -r dir; do "
        "for i in 1 2 3 4 5 6 7 8 9; do rmdir $dir 2>/dev/null && break; sleep 0.1; done; done",
        fixture.scratch);
    shell("chmod -R u+rwX '%s' && rm -rf '%s'/*", fixture.scratch, fixture.scratch);
}

int fixture_end(void **state)
{
    if (!*fixture.dir) /* skipped */
        return 0;
    program_kill_all();
    int left = audit_end();
    /* Restoring removes new files. If a mount was left, they may be the machine's own files. */
    if (left || !snapshot_restore(&kept[fixture.as_user].snapshot, fixture.dir, fixture.scratch)) {
        remove_fixture(fixture.dir);
        snapshot_free(&kept[fixture.as_user].snapshot);
        *kept[fixture.as_user].dir = '\0';
    }
    return left ? -1 : 0;
}
