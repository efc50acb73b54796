/* Each test sets the caller, its files in /etc and the helpers. The maps are written down. */
#include "acts.h"
#include "check.h"
#include "files.h"
#include "idhelper.h"
#include "subids.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned caller, group;
static const char *passwd, *subuid, *subgid, *missing;
static const char *uid_map = "0 0 4294967295\n", *gid_map = "0 0 4294967295\n"; /* of the caller */
static int lacked = -1; /* a capability of root */

int __wrap_privilege_need(const int *capabilities, size_t count, const char *purpose)
{
    assert_string_equal(purpose, "to give a container ids of its own");
    for (size_t i = 0; i < count; i++)
        if (capabilities[i] == lacked)
            return refuse(EPERM);
    return 0;
}

static const char *broken;  /* this file can be opened, but not read */
static const char *helpers; /* the folder of real ones */
static unsigned owner;      /* of what is opened */

uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void)
{
    return caller;
}

uid_t __wrap_getuid(void)
{
    return caller;
}

gid_t __wrap_getegid(void)
{
    return group;
}

FILE *__real_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode)
{
    const char *text = strcmp(path, "/etc/passwd") == 0          ? passwd
                       : strcmp(path, "/etc/subuid") == 0        ? subuid
                       : strcmp(path, "/etc/subgid") == 0        ? subgid
                       : strcmp(path, "/proc/self/uid_map") == 0 ? uid_map
                       : strcmp(path, "/proc/self/gid_map") == 0 ? gid_map
                                                                 : NULL;

    if (broken && strcmp(path, broken) == 0)
        return __real_fopen64("/", mode);
    if (strncmp(path, "/etc/", 5) != 0 && !text)
        return __real_fopen64(path, mode);
    if (text)
        return fmemopen((void *)text, strlen(text), "r");
    errno = ENOENT;
    return NULL;
}

/* The helpers of the system are those of the test's folder, or a program of root. */
int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
    const char *slash = strrchr(path, '/');

    if (!slash || strncmp(slash, "/new", 4) != 0 || strncmp(path, "/tmp/", 5) == 0)
        return __real_open64(path, flags);
    if (missing && strstr(path, missing))
        return refuse(ENOENT);
    return __real_open64(helpers ? path_in(helpers, slash + 1) : "/bin/sh", flags);
}

int __real_fstat64(int fd, struct stat *status);
int __wrap_fstat64(int fd, struct stat *status)
{
    int result = __real_fstat64(fd, status);

    status->st_uid = owner;
    return result;
}

/* The helpers of these tests are scripts. The shell reads one by its name, which the kernel gives.
 */
int __wrap_fexecve(int fd, char *const argv[], char *const envp[])
{
    char link[32], path[PATH_MAX] = "";

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof(path) - 1) < 0)
        return -1;
    return execve(path, argv, envp);
}

int __real_file_write(const char *path, const char *text);
int __wrap_file_write(const char *path, const char *text)
{
    return act("%s > %s", text, path);
}

static struct subids range;

static void choose(unsigned uid, unsigned gid)
{
    caller = uid;
    group = gid;
    range = (struct subids){0};
    assert_int_equal(CATCH(subids_choose(&range)), 0);
    assert_string_equal(caught, "");
}

static void assert_range(const struct subids_range *r, unsigned inside, unsigned outside,
                         unsigned count)
{
    assert_int_equal(r->inside, inside);
    assert_int_equal(r->outside, outside);
    assert_int_equal(r->count, count);
}

static void begin(void)
{
    passwd = "root:x:0:0::/root:/bin/sh\nann:x:1000:1001::/home/ann:/bin/sh\n";
    subuid = "bob:100000:65536\nann:165536:65536\n";
    subgid = "ann:265536:1000\n";
    missing = NULL;
    helpers = NULL;
    owner = 0;
}

static void roots_containers_get_ids_that_no_user_has(void **state)
{
    choose(0, 0);
    assert_true(range.privileged);
    assert_int_equal(range.ranges, 1);
    assert_range(&range.uids[0], 0, 1879048192, 65536);
    assert_range(&range.gids[0], 0, 1879048192, 65536);
}

static void assert_choice(unsigned uid, bool roots)
{
    choose(uid, uid);
    assert_true(range.privileged == roots);
    assert_range(&range.uids[0], 0, roots ? 1879048192 : uid, roots ? 65536 : 1);
    assert_range(&range.gids[0], 0, roots ? 1879048192 : uid, roots ? 65536 : 1);
}

/* In a rootless container, uid 0 is a user of the host, and has not the ids of root's containers.
 */
static void without_such_ids_uid_0_is_an_ordinary_user(void **state)
{
    static const char *const all = "0 0 4294967295\n";
    static const char *const none[] = {"0 1000 1\n",
                                       "0 1000 1\n1 200000 65536\n",
                                       "0 0 1879048192\n",
                                       "0 0 1879113727\n",
                                       "1879048193 0 65536\n",
                                       "1879048192 0 65535\n",
                                       ""};
    static const char *const enough[] = {"0 0 1879113728\n", "1879048192 0 65536\n",
                                         "0 0 1\n1 1 4294967294\n"};

    begin();
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
        uid_map = none[i];
        gid_map = all;
        assert_choice(0, false);
        uid_map = all;
        gid_map = none[i];
        assert_choice(0, false);
    }
    for (size_t i = 0; i < sizeof(enough) / sizeof(*enough); i++) {
        uid_map = gid_map = enough[i];
        assert_choice(0, true);
    }
    uid_map = gid_map = all;
}

static void a_root_without_the_capabilities_is_refused(void **state)
{
    static const int needed[] = {CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_SETUID,
                                 CAP_SETGID, CAP_SYS_ADMIN,    CAP_SYS_CHROOT};

    begin();
    for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
        caller = 0;
        lacked = needed[i];
        assert_int_equal(CATCH(subids_choose(&range)), -1);
        assert_int_equal(errno, EPERM);
        assert_string_equal(caught, ""); /* it has reported */
    }
    lacked = CAP_NET_ADMIN;
    choose(0, 0);
    lacked = CAP_CHOWN;
    subuid = NULL;
    choose(1000, 1000); /* who has none */
    lacked = -1;
}

static void a_user_gets_its_own_id_and_those_that_are_granted_to_it(void **state)
{
    begin();
    choose(1000, 1001);
    assert_false(range.privileged);
    assert_int_equal(range.ranges, 2);
    assert_range(&range.uids[0], 0, 1000, 1);
    assert_range(&range.gids[0], 0, 1001, 1);
    assert_range(&range.uids[1], 1, 165536, 65535);
    assert_range(&range.gids[1], 1, 265536, 1000);
}

static void ids_may_be_granted_by_number(void **state)
{
    begin();
    passwd = NULL;
    subuid = "1000:7000:10\n";
    subgid = "1000:8000:20\n";
    choose(1000, 1001);
    assert_int_equal(range.ranges, 2);
    assert_range(&range.uids[1], 1, 7000, 10);
    assert_range(&range.gids[1], 1, 8000, 20);
}

static void assert_alone(void)
{
    choose(1000, 1001);
    assert_int_equal(range.ranges, 1);
    assert_range(&range.uids[0], 0, 1000, 1);
    assert_range(&range.gids[0], 0, 1001, 1);
}

static void without_a_grant_or_a_helper_it_is_its_id_alone(void **state)
{
    static const char *const none[] = {"bob:1:10\n",  "ann\n",        "ann:x:y\n",   "ann:5:0\n",
                                       "anna:5:10\n", "# ann:5:10\n", "10000:5:10\n"};

    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
        begin();
        subuid = none[i];
        assert_alone();
        begin();
        subgid = none[i];
        assert_alone();
    }
    begin();
    subuid = NULL;
    assert_alone();
    begin();
    missing = "newuidmap";
    assert_alone();
    missing = "newgidmap";
    assert_alone();
}

static int write_maps(int refused)
{
    acts_begin(refused, EPERM);
    return CATCH(subids_write(&range, 42));
}

static void root_writes_its_maps_itself(void **state)
{
    choose(0, 0);
    assert_int_equal(write_maps(0), 0);
    assert_string_equal(acts, "0 1879048192 65536 > /proc/42/uid_map\n"
                              "0 1879048192 65536 > /proc/42/gid_map\n");
}

static void a_user_denies_setgroups_first(void **state)
{
    begin();
    subuid = NULL;
    choose(1000, 1001);
    assert_int_equal(write_maps(0), 0);
    assert_string_equal(acts, "deny > /proc/42/setgroups\n"
                              "0 1000 1 > /proc/42/uid_map\n"
                              "0 1001 1 > /proc/42/gid_map\n");
    for (int number = 1; number <= 3; number++) {
        assert_int_equal(write_maps(number), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(acts_count, number);
        assert_contains(caught, "container: write '");
        assert_contains(caught, " to /proc/42/");
    }
}

/* Makes the two helpers: programs that write down how they are called. */
static const char *make_helpers(const char *uid_status, const char *gid_status)
{
    static char folder[64];

    strcpy(folder, new_folder());
    shell("cd %s && for n in newuidmap:%s newgidmap:%s; do { echo '#!/bin/sh'; "
          "echo \"echo ${n%%:*} \\\"\\$*\\\" >>%s/log; exit ${n#*:}\"; } >${n%%:*}; "
          "chmod +x ${n%%:*}; done",
          folder, uid_status, gid_status, folder);
    return folder;
}

static void assert_helped(const char *uid_status, const char *gid_status, int result,
                          const char *calls)
{
    const char *folder = make_helpers(uid_status, gid_status);

    begin();
    helpers = folder;
    choose(1000, 1001);
    int got = write_maps(0);
    const char *log = read_file(path_in(folder, "log"));

    assert_non_null(log);
    assert_string_equal(log, calls);
    assert_int_equal(got, result);
    shell("rm -r %s", folder);
}

static void helpers_write_the_maps_of_more_ids(void **state)
{
    assert_helped("0", "0", 0,
                  "newuidmap 42 0 1000 1 1 165536 65535\nnewgidmap 42 0 1001 1 1 265536 1000\n");
    assert_string_equal(acts, "");
    assert_string_equal(caught, "");
}

/* As under no_new_privs, where the file's setuid bit has no effect. */
static void what_a_helper_cannot_write_has_the_callers_id_alone(void **state)
{
    assert_helped("1", "0", 0, "newuidmap 42 0 1000 1 1 165536 65535\n");
    assert_string_equal(acts, "deny > /proc/42/setgroups\n"
                              "0 1000 1 > /proc/42/uid_map\n"
                              "0 1001 1 > /proc/42/gid_map\n");
    assert_contains(caught, "container: newuidmap could not give the container more ids");
    assert_contains(caught, ", so it has one user id\n");
    assert_helped("0", "1", 0,
                  "newuidmap 42 0 1000 1 1 165536 65535\nnewgidmap 42 0 1001 1 1 265536 1000\n");
    assert_string_equal(acts, "deny > /proc/42/setgroups\n"
                              "0 1001 1 > /proc/42/gid_map\n");
    assert_contains(caught, ", so it has one group id\n");
}

/* They are gone when they are needed. */
static void a_helper_that_is_lost_is_told(void **state)
{
    begin();
    choose(1000, 1001);
    assert_int_equal(range.ranges, 2);
    missing = "newgidmap";
    helpers = make_helpers("0", "0");
    assert_int_equal(write_maps(0), -1);
    assert_contains(caught, "container: find newgidmap: ENOENT (No such file or directory)\n");
    shell("rm -r %s", helpers);
}

static int open_helper(const char *root, size_t size)
{
    char path[PATH_MAX] = "";
    int fd = idhelper_open(root, "newuidmap", path, size);

    if (fd < 0)
        return -1;
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
    return strcmp(path, path_in(root, "usr/bin/newuidmap")) == 0 ? 0 : 1;
}

/* Root's, executable, and nobody else can write to it; in the folders of the system alone. */
static void only_roots_helper_is_run(void **state)
{
    const char *root = new_folder();
    const char *callers = getenv("PATH");
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s", callers ? callers : "");
    begin();
    shell("cd %s && mkdir -p usr/bin evil && cp /bin/true evil/newuidmap", root);
    setenv("PATH", path_in(root, "evil"), 1);
    assert_int_equal(open_helper(root, PATH_MAX), -1);
    assert_int_equal(errno, ENOENT);
    setenv("PATH", path, 1);
    shell("cd %s && mv evil/newuidmap usr/bin && chmod 755 usr/bin/newuidmap", root);
    assert_int_equal(open_helper(root, PATH_MAX), 0);
    owner = 1000;
    assert_int_equal(open_helper(root, PATH_MAX), -1);
    owner = 0;
    static const char *const modes[] = {"775", "757", "644"};
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        shell("chmod %s %s/usr/bin/newuidmap", modes[i], root);
        assert_int_equal(open_helper(root, PATH_MAX), -1);
    }
    shell("cd %s/usr/bin && rm newuidmap && mkdir newuidmap", root);
    assert_int_equal(open_helper(root, PATH_MAX), -1);
    /* The path is cut to that of another program. */
    shell("cd %s/usr/bin && cp /bin/true newui && chmod 755 newui", root);
    assert_int_equal(open_helper(root, strlen(root) + sizeof("/usr/bin/newui")), -1);
    shell("rm -r %s", root);
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
    static const char *const files[] = {"/etc/passwd", "/etc/subuid", "/etc/subgid"};
    char message[128];

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        begin();
        caller = 1000;
        broken = files[i];
        assert_int_equal(CATCH(subids_choose(&range)), -1);
        broken = NULL;
        assert_int_equal(errno, EISDIR);
        snprintf(message, sizeof(message), "container: read %s: EISDIR (Is a directory)\n",
                 files[i]);
        assert_string_equal(caught, message);
    }
}

static void a_range_is_found_as_it_stands_in_the_file(void **state)
{
    struct subids_range found;

    begin();
    assert_true(subids_find_granted("/etc/subuid", "ann", 5, &found));
    assert_int_equal(found.outside, 165536);
    assert_int_equal(found.count, 65536);
    assert_false(subids_find_granted("/etc/subuid", "eve", 5, &found));
    assert_false(subids_find_granted("/nonexistent", "ann", 5, &found));
}

static struct stat look_at(const char *dir, const char *name)
{
    struct stat status = {.st_uid = 0xbad};

    assert_int_equal(lstat(path_in(dir, name), &status), 0);
    return status;
}

static unsigned owner_of(const char *dir, const char *name)
{
    return look_at(dir, name).st_uid;
}

static struct scratch open_scratch(const char *dir)
{
    struct scratch s = {.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .keep = true};

    snprintf(s.dir, sizeof(s.dir), "%s", dir);
    return s;
}

static void the_layers_are_given_to_the_containers_root(void **state)
{
    const char *dir = new_folder();

    shell("cd %s && mkdir upper work merged other", dir);
    struct scratch s = open_scratch(dir);
    begin();
    choose(1000, 1001);
    assert_int_equal(subids_give(&range, &s), 0);
    unsigned mine = owner_of(dir, "other");
    assert_int_equal(owner_of(dir, "upper"), mine);
    choose(0, 0);
    int result = CATCH(subids_give(&range, &s));
    if (mine == 0) {
        assert_int_equal(result, 0);
        assert_int_equal(owner_of(dir, "upper"), 1879048192);
        assert_int_equal(owner_of(dir, "work"), 1879048192);
        assert_int_equal(owner_of(dir, "merged"), 1879048192);
        assert_int_equal(owner_of(dir, "other"), 0);
    } else {
        assert_int_equal(result, -1);
        assert_contains(caught, "the container's group: EPERM");
    }
    scratch_close(&s);
    shell("rm -r %s", dir);
}

/* Its root passes through it to the layers, and cannot replace one of them. */
static void the_folder_itself_stays_the_callers(void **state)
{
    const char *dir = new_folder();

    if (__real_geteuid() != 0)
        check_skip("needs root, to give files away: sudo make test");
    shell("cd %s && mkdir upper work merged", dir);
    struct scratch s = open_scratch(dir);
    begin();
    choose(0, 0);
    assert_int_equal(subids_give(&range, &s), 0);
    struct stat status = look_at(dir, ".");
    assert_int_equal(status.st_uid, 0);
    assert_int_equal(status.st_gid, 1879048192);
    assert_int_equal(status.st_mode, S_IFDIR | 0710);
    assert_int_equal(owner_of(dir, "upper"), 1879048192);
    shell("rmdir %s/upper", dir);
    s.keep = false; /* the layers will be elsewhere */
    assert_int_equal(subids_give(&range, &s), 0);
    scratch_close(&s);
    shell("rm -r %s", dir);
}

static void a_link_in_the_place_of_a_layer_leads_nowhere(void **state)
{
    const char *dir = new_folder();

    if (__real_geteuid() != 0)
        check_skip("needs root, to give files away: sudo make test");
    shell("cd %s && mkdir web bait web/upper web/work && : >bait/file && ln -s ../bait/file "
          "web/merged",
          dir);
    struct scratch s = open_scratch(path_in(dir, "web"));
    shell("cd %s && mv web moved && ln -s bait web", dir);
    begin();
    choose(0, 0);
    assert_int_equal(subids_give(&range, &s), 0);
    assert_int_equal(owner_of(dir, "bait"), 0);
    assert_int_equal(owner_of(dir, "bait/file"), 0);
    assert_int_equal(owner_of(dir, "moved/upper"), 1879048192);
    shell("rmdir %s/moved/work", dir);
    assert_int_equal(CATCH(subids_give(&range, &s)), -1);
    assert_contains(caught, "/work to the container's root: ENOENT (No such file or directory)\n");
    scratch_close(&s);
    shell("rm -r %s", dir);
}

static int become(void)
{
    const gid_t some[] = {1, 2, 3};
    int sig = 0;

    if (setgroups(3, some) < 0)
        return 99;
    if (subids_become_root(&range) < 0 || getgroups(0, NULL) != 0)
        return 1;
    prctl(PR_GET_PDEATHSIG, &sig);
    return sig != SIGKILL;
}

static void no_group_of_the_caller_is_left(void **state)
{
    choose(0, 0);
    int result = in_child(become);
    if (result == 99)
        check_skip("needs root: sudo make test");
    assert_int_equal(result, 0);
}

/* Here groups may be set, so they are left. In the namespace of a user alone they are kept. */
static void a_user_with_ranges_leaves_the_groups_that_it_may(void **state)
{
    begin();
    choose(1000, 1001);
    assert_int_equal(range.ranges, 2);
    int result = in_child(become);
    if (result == 99)
        check_skip("needs root: sudo make test");
    assert_int_equal(result, 0);
}

static int become_where_groups_are_denied(void)
{
    if (unshare(CLONE_NEWUSER) < 0 || __real_file_write("/proc/self/setgroups", "deny") < 0)
        return 99;
    /* The maps are missing, so the change of ids fails, after the groups were kept. */
    return CATCH(subids_become_root(&range)) == -1 && strstr(caught, "become root inside") ? 0 : 1;
}

static void denied_groups_are_kept(void **state)
{
    begin();
    choose(1000, 1001);
    int result = in_child(become_where_groups_are_denied);
    if (result == 99)
        check_skip("needs user namespaces");
    assert_int_equal(result, 0);
}

static int become_as_user(void)
{
    return subids_become_root(&range) == 0;
}

static void each_refusal_is_reported(void **state)
{
    choose(0, 0);
    caller = __real_geteuid(); /* as_ordinary_user() asks too */
    assert_int_equal(CATCH(as_ordinary_user(become_as_user)), 0);
    assert_contains(caught, "container: leave the caller's groups: EPERM");
    range.privileged = false;
    assert_int_equal(CATCH(as_ordinary_user(become_as_user)), 0);
    assert_contains(caught, "container: become root inside: EPERM");
}

static void what_is_kept_can_be_removed_by_a_container(void **state)
{
    struct scratch s = {.dir = "/tmp/web", .keep = true};

    assert_int_equal((CATCH((subids_hint_kept(&(struct subids){.ranges = 2}, &s, "image"), 0))), 0);
    assert_contains(caught,
                    "later: step05 --volume /tmp/web:/kept image rm -r /kept/upper && rmdir "
                    "/tmp/web\n");
    CATCH((subids_hint_kept(&(struct subids){.ranges = 1}, &s, "image"), 0));
    assert_string_equal(caught, "");
    s.keep = false;
    CATCH((subids_hint_kept(&(struct subids){.ranges = 2}, &s, "image"), 0));
    assert_string_equal(caught, "");
    s = (struct scratch){.keep = true};
    CATCH((subids_hint_kept(&(struct subids){.ranges = 2}, &s, "image"), 0));
    assert_string_equal(caught, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_containers_get_ids_that_no_user_has),
        cmocka_unit_test(a_user_gets_its_own_id_and_those_that_are_granted_to_it),
        cmocka_unit_test(ids_may_be_granted_by_number),
        cmocka_unit_test(without_a_grant_or_a_helper_it_is_its_id_alone),
        cmocka_unit_test(root_writes_its_maps_itself),
        cmocka_unit_test(a_user_denies_setgroups_first),
        cmocka_unit_test(helpers_write_the_maps_of_more_ids),
        cmocka_unit_test(a_helper_that_is_lost_is_told),
        cmocka_unit_test(only_roots_helper_is_run),
        cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
        cmocka_unit_test(a_range_is_found_as_it_stands_in_the_file),
        cmocka_unit_test(the_layers_are_given_to_the_containers_root),
        cmocka_unit_test(the_folder_itself_stays_the_callers),
        cmocka_unit_test(a_link_in_the_place_of_a_layer_leads_nowhere),
        cmocka_unit_test(no_group_of_the_caller_is_left),
        cmocka_unit_test(without_such_ids_uid_0_is_an_ordinary_user),
        cmocka_unit_test(a_root_without_the_capabilities_is_refused),
        cmocka_unit_test(what_a_helper_cannot_write_has_the_callers_id_alone),
        cmocka_unit_test(a_user_with_ranges_leaves_the_groups_that_it_may),
        cmocka_unit_test(denied_groups_are_kept),
        cmocka_unit_test(each_refusal_is_reported),
        cmocka_unit_test(what_is_kept_can_be_removed_by_a_container),
    };
    return check_run(tests);
}
