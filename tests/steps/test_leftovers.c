/* What a killed program leaves, and what the next run of any step makes of it. */
#include "harness.h"

#include "children.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A command that goes on until its stdin is closed. */
#define WAIT "sh", "-c", "echo hi >/new; echo ready; read line"

static const char *dead_name(void)
{
    static char name[64];

    snprintf(name, sizeof(name), "%s-dead", container_name());
    return name;
}

static const char *dead_folder(void)
{
    return path_in(fixture.scratch, dead_name());
}

/* `option` is one more for the program; "-x" is nothing of importance here. */
static void leave_dead(const char *step, const char *option)
{
    struct program *container = start(step, option, "--name", dead_name(), fixture.image, WAIT);

    hear(container, "ready\n");
    pid_t process_1 = child_of(container->pid);
    kill(container->pid, SIGKILL);
    finish(container);
    /* On a busy machine its end may take longer than the next run waits. It is our child now. */
    waitpid(process_1, NULL, 0);
    assert_true(exists(path_in(dead_folder(), ".container")));
}

static bool may_run(const char *step)
{
    return !fixture.as_user || strcmp(step, "step03") == 0 || strcmp(step, "step05") == 0;
}

/* The audit after the test sees whether mounts, cgroups or processes are left. */
static void the_next_run_of_any_step_takes_it_away(void **state)
{
    static const char *const steps[] = {"step02", "step03", "step04", "step05"};

    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        if (!may_run(steps[i]))
            continue;
        leave_dead(fixture.step, "-x");
        assert_int_equal(run(steps[i], fixture.image, "true"), 0);
        assert_string_equal(complaints(), "");
        assert_false(exists(dead_folder()));
        assert_int_equal(count_cgroups(dead_name()), 0);
    }
}

static void its_name_is_free_again(void **state)
{
    for (int i = 0; i < 3; i++) {
        leave_dead(fixture.step, "-x");
        assert_int_equal(run(fixture.step, "--name", dead_name(), fixture.image, "true"), 0);
        assert_string_equal(complaints(), "");
    }
}

/* The relay of the terminal may live longer, where nobody reads the terminal. It has no lock. */
static void a_process_beside_the_container_does_not_keep_the_name(void **state)
{
    struct program *container =
        start_on_terminal(fixture.step, "--name", dead_name(), fixture.image);
    pid_t children[4];

    hear(container, "-# ");
    int count = children_of(container->pid, children, 4);
    assert_int_equal(count, 2); /* process 1 and the relay */
    for (int i = 0; i < count; i++)
        kill(children[i], SIGSTOP);
    kill(container->pid, SIGKILL);
    assert_int_equal(run(fixture.step, "--name", dead_name(), fixture.image, "true"), 0);
    assert_string_equal(complaints(), "");
    for (int i = 0; i < count; i++)
        kill(children[i], SIGCONT);
    finish(container);
}

static void a_container_that_runs_is_left_alone(void **state)
{
    struct program *alive = start(fixture.step, "--name", container_name(), fixture.image, "sh",
                                  "-c", "echo ready; while read line; do echo $line; done");

    hear(alive, "ready\n");
    leave_dead(fixture.step, "-x");
    for (int i = 0; i < 3; i++)
        assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    assert_false(exists(dead_folder()));
    assert_int_equal(run(fixture.step, "--name", container_name(), fixture.image, "true"), 125);
    assert_contains(err, ": hint: the name is in use: a container of that name runs; choose ");
    assert_true(exists(path_in(path_in(fixture.scratch, container_name()), "lower")));
    say(alive, "still here\n");
    hear(alive, "still here\n");
    assert_int_equal(finish(alive), 0);
}

/* What it wrote is a layer on the disk only with --keep, or up to step04. */
static void a_layer_to_be_kept_is_kept_and_named_once(void **state)
{
    leave_dead(fixture.step, "--keep");
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    assert_contains(err, ": kept ");
    assert_contains(err, path_in(dead_folder(), "upper\n"));
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    assert_string_equal(complaints(), "");
    assert_int_equal(run(fixture.step, "--name", dead_name(), fixture.image, "true"), 125);
    assert_contains(err, ": EEXIST (File exists)\n");
    assert_contains(err, " or was kept: choose another --name, or another folder by --scratch DIR");
    shell("cd '%s' && [ \"$(ls -A)\" = upper ] && [ \"$(cat upper/new)\" = hi ]", dead_folder());
    shell("rm -r '%s'", dead_folder());
}

static void a_kept_layer_is_nothing_to_take_away(void **state)
{
    assert_int_equal(run(fixture.step, "--keep", "--name", dead_name(), fixture.image, "sh", "-c",
                         "echo hi >/new"),
                     0);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    assert_string_equal(complaints(), "");
    assert_string_equal(read_file(path_in(dead_folder(), "upper/new")), "hi\n");
    shell("rm -r '%s'", dead_folder());
}

static void note_all_in(const char *folder)
{
    shell("ls -lnAR '%s' >'%s'", folder, in_fixture("noted"));
}

static void assert_as_noted(const char *folder)
{
    shell("ls -lnAR '%s' | diff '%s' - && rm '%s'", folder, in_fixture("noted"),
          in_fixture("noted"));
}

/* The test may be root, where the programs run as an ordinary user. */
static void give_to_caller(const char *folder)
{
    if (fixture.as_user)
        shell("find '%s' -mindepth 1 -exec chown -h %u {} +", folder, ordinary_uid());
}

static void assert_in_the_way(const char *make)
{
    shell("cd '%s' && %s", fixture.scratch, make);
    give_to_caller(fixture.scratch);
    note_all_in(fixture.scratch);

    assert_int_equal(run(fixture.step, "--name", "notes", fixture.image, "true"), 125);
    assert_contains(err, "/notes: EEXIST (File exists)\n");
    assert_contains(err, "/notes is no container's, or another user's, or was kept: choose ");
    assert_lacks(err, "rm ");
    assert_as_noted(fixture.scratch);
    shell("rm -rf '%s'/*", fixture.scratch);
}

static void what_is_no_containers_stays(void **state)
{
    assert_in_the_way("mkdir notes && echo precious >notes/file");
    assert_in_the_way("mkdir -m 777 notes && : >notes/.container && mkdir notes/upper");
    assert_in_the_way("mkdir notes");
    assert_in_the_way(": >notes");
    assert_in_the_way("mkdir dir && : >dir/.container && ln -s dir notes && chmod 777 dir");
    assert_in_the_way("ln -s nowhere notes");
    assert_in_the_way("mkdir notes && mkdir notes/.container");
}

/* A program may be killed before its folder has a mark, or after it has lost it. */
static void an_empty_folder_with_a_private_name_goes_and_a_full_one_stays(void **state)
{
    shell("cd '%s' && mkdir .container-a .container-b && : >.container-b/file", fixture.scratch);
    give_to_caller(fixture.scratch);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    shell("cd '%s' && [ ! -e .container-a ] && rm -r .container-b", fixture.scratch);
}

/* Another user makes what looks like a dead container's folder of root's. */
static void another_users_bait_is_left_alone(void **state)
{
    const char *place = in_fixture("place");

    shell("mkdir -m 1777 '%s' && cd '%s' && mkdir precious real real/.elsewhere && "
          "mkdir .container-one && : >.container-one/.container && : >real/.container && "
          "ln -s '%s/precious' real/.elsewhere/memory && ln -s real link && "
          "ln -s real .container-two && chown -R %u real .container-one",
          place, place, place, ordinary_uid());
    note_all_in(place);
    assert_int_equal(run(fixture.step, "--scratch", place, fixture.image, "true"), 0);
    assert_string_equal(complaints(), "");
    assert_int_equal(run(fixture.step, "--scratch", place, "--name", "link", fixture.image, "true"),
                     125);
    assert_int_equal(run(fixture.step, "--scratch", place, "--name", "real", fixture.image, "true"),
                     125);
    assert_as_noted(place);
    shell("rm -r '%s'", place);
}

/* Others could write to it: so its records may lead anywhere. */
static void a_folder_that_others_can_write_is_left_alone(void **state)
{
    shell("cd '%s' && mkdir -p precious dead/.elsewhere && : >dead/.container && chmod 770 dead && "
          "ln -s '%s/precious' dead/.elsewhere/memory",
          fixture.scratch, fixture.scratch);
    give_to_caller(fixture.scratch);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    shell("cd '%s' && rmdir precious && rm -r dead", fixture.scratch);
}

static pid_t start_true(void)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    if (fixture.as_user)
        become_ordinary_user();
    execl(path_in(fixture.programs, fixture.step), fixture.step, fixture.image, "true", NULL);
    _exit(127);
}

/* Each sweeps, also the folders that others are about to lock or to remove. */
static void a_hundred_starts_at_once_do_not_harm_each_other(void **state)
{
    enum { STARTS = 100 };
    pid_t pids[STARTS];
    int failed = 0;

    leave_dead(fixture.step, "-x");
    for (int i = 0; i < STARTS; i++)
        pids[i] = start_true();
    for (int i = 0; i < STARTS; i++) {
        int status = -1;
        waitpid(pids[i], &status, 0);
        failed += status != 0;
    }
    assert_int_equal(failed, 0);
}

/* More are dead than a start looks at: some starts take them all. */
static void many_go_after_some_runs(void **state)
{
    shell("cd '%s' && for i in $(seq 100); do mkdir -m 700 dead$i dead$i/upper && "
          ": >dead$i/.container; done",
          fixture.scratch);
    give_to_caller(fixture.scratch);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    /* 64 are looked at. The folder itself and the one above may be among them. */
    shell("left=$(ls '%s' | wc -l) && [ $left -ge 36 ] && [ $left -le 38 ]", fixture.scratch);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FROM_STEP02(the_next_run_of_any_step_takes_it_away),
        FROM_STEP02(its_name_is_free_again),
        STEP_AS_ROOT("step05", a_process_beside_the_container_does_not_keep_the_name),
        STEP_AS_USER("step05", a_process_beside_the_container_does_not_keep_the_name),
        FROM_STEP02(a_container_that_runs_is_left_alone),
        FROM_STEP02(a_layer_to_be_kept_is_kept_and_named_once),
        FROM_STEP02(a_kept_layer_is_nothing_to_take_away),
        FROM_STEP02(what_is_no_containers_stays),
        FROM_STEP02(an_empty_folder_with_a_private_name_goes_and_a_full_one_stays),
        STEP_AS_ROOT("step02", another_users_bait_is_left_alone),
        STEP_AS_ROOT("step04", another_users_bait_is_left_alone),
        STEP_AS_ROOT("step05", another_users_bait_is_left_alone),
        FROM_STEP02(a_folder_that_others_can_write_is_left_alone),
        STEP_AS_ROOT("step02", a_hundred_starts_at_once_do_not_harm_each_other),
        STEP_AS_USER("step03", a_hundred_starts_at_once_do_not_harm_each_other),
        STEP_AS_ROOT("step05", a_hundred_starts_at_once_do_not_harm_each_other),
        FROM_STEP02(many_go_after_some_runs),
    };
    return check_run(tests);
}
