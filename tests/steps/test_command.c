/* What every step does for the command that it runs, and what it says if it cannot run it. */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void the_command_runs_in_the_root_of_the_image(void **state)
{
    write_file(path_in(fixture.image, "only-here"), "inside\n");
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "pwd; cat only-here"), 0);
    assert_string_equal(out, "/\ninside\n");
    assert_string_equal(complaints(), "");
}

static void its_status_is_the_programs_own(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "true"), 0);
    assert_int_equal(run(fixture.step, fixture.image, "false"), 1);
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "exit 5"), 5);
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "exit 255"), 255);
}

static void a_command_killed_by_a_signal_counts_128_and_the_signal(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "kill -9 $$"), 128 + SIGKILL);
    assert_int_equal(run(fixture.step, fixture.image, "sh", "-c", "kill -15 $$"), 128 + SIGTERM);
}

/* No signal from inside ends process 1. From outside, only SIGKILL does. */
static void process_1_killed_from_outside_counts_so_too(void **state)
{
    struct program *container = start(fixture.step, fixture.image, "sh", "-c",
                                      "kill -9 $$; echo alive; exec /bin/sleep 1000");

    hear(container, "alive\n");
    assert_int_equal(kill(child_of(container->pid), SIGKILL), 0);
    assert_int_equal(finish(container), 128 + SIGKILL);
}

static void its_words_arrive_as_they_are(void **state)
{
    assert_int_equal(
        run(fixture.step, fixture.image, "printf", "%s|", "a b", "", "*", "$HOME", "it's", "\n"),
        0);
    assert_string_equal(out, "a b||*|$HOME|it's|\n|");
}

static void its_input_and_output_are_the_callers(void **state)
{
    struct program *container =
        start(fixture.step, fixture.image, "sh", "-c", "echo to stderr >&2; cat");

    say(container, "hello\n");
    hear(container, "hello\n");
    say(container, "again\n");
    hear(container, "again\n");
    assert_int_equal(finish(container), 0);
    assert_string_equal(complaints(), "to stderr\n");
}

/* Root in a user namespace has no right to enter that folder. */
static void the_caller_may_stand_in_a_folder_of_its_own(void **state)
{
    assert_int_equal(run("sh", "-c", "mkdir -m 700 \"$2\" && cd \"$2\" && exec \"$0\" \"$1\" true",
                         path_in(fixture.programs, fixture.step), fixture.image, in_fixture("own")),
                     0);
    assert_string_equal(complaints(), "");
}

static void the_callers_secrets_stay_outside(void **state)
{
    setenv("SECRET_TOKEN", "hunter2", 1);
    setenv("TERM", "vt52", 1);
    assert_int_equal(run(fixture.step, fixture.image, "env"), 0);
    unsetenv("SECRET_TOKEN");
    assert_lacks(out, "hunter2");
    assert_lacks(out, fixture.dir);
    assert_contains(out, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
    assert_contains(out, "HOME=/root\n");
    assert_contains(out, "TERM=vt52\n");
}

static void the_prompt_is_the_steps_name(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "env"), 0);
    assert_contains(out, "PS1=step01-# \n");
}

static void the_prompt_is_the_containers_name(void **state)
{
    char prompt[64];

    assert_int_equal(run(fixture.step, "--name", container_name(), fixture.image, "env"), 0);
    snprintf(prompt, sizeof(prompt), "PS1=%s-# \n", container_name());
    assert_contains(out, prompt);
}

static void explain_shows_each_act_on_stderr(void **state)
{
    assert_int_equal(run(fixture.step, "-x", fixture.image, "echo", "hello"), 0);
    assert_string_equal(out, "hello\n");
    assert_contains(err, strcmp(fixture.step, "step05") == 0 ? "+ pivot_root " : "+ exec chroot ");
    assert_contains(err, "+ exec echo hello\n");
    if (strcmp(fixture.step, "step02") >= 0)
        assert_contains(err, "+ mount -t overlay overlay -o lowerdir=");
    if (strcmp(fixture.step, "step03") >= 0)
        assert_contains(err, "+ unshare --user --mount --uts --ipc --net --pid --fork sh\n");
}

static void a_command_that_is_not_there_is_127(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "no-such-command"), 127);
    assert_contains(err, ": exec no-such-command: ENOENT (No such file or directory)\n");
    assert_int_equal(run(fixture.step, fixture.image, "/no/such/command"), 127);
    assert_int_equal(run(fixture.step, fixture.image, "/etc/passwd/x"), 127);
    assert_contains(err, "ENOTDIR");
    assert_string_equal(out, "");
}

static void a_command_that_does_not_run_is_126(void **state)
{
    assert_int_equal(run(fixture.step, fixture.image, "/etc/passwd"), 126);
    assert_contains(err, ": hint: /etc/passwd is not executable: chmod +x\n");
    assert_int_equal(run(fixture.step, fixture.image, "/etc"), 126);
    assert_contains(err, ": hint: /etc is a directory\n");
    shell("echo hello >'%s/text' && chmod +x '%s/text'", fixture.image, fixture.image);
    assert_int_equal(run(fixture.step, fixture.image, "/text"), 126);
    assert_contains(err, ": exec /text: ENOEXEC (Exec format error)\n");
    assert_contains(err, ": hint: /text is neither a program for this machine");
}

static void a_script_names_its_missing_interpreter(void **state)
{
    shell("echo '#!/usr/bin/perl -w' >'%s/script' && chmod +x '%s/script'", fixture.image,
          fixture.image);
    assert_int_equal(run(fixture.step, fixture.image, "/script"), 127);
    assert_contains(err, "what runs it is not in the image: /usr/bin/perl\n");
}

/* A path from the image must not drive the reader's terminal. */
static void a_hostile_interpreter_is_printed_harmlessly(void **state)
{
    shell("printf '#!/\\033[2Jx\\n' >'%s/script' && chmod +x '%s/script'", fixture.image,
          fixture.image);
    assert_int_equal(run(fixture.step, fixture.image, "/script"), 127);
    assert_contains(err, ": /?[2Jx\n");
    assert_lacks(err, "\033");
}

/* The first lesson of the workshop: a program alone is not enough. */
static void a_dynamic_program_needs_its_loader_and_libraries(void **state)
{
    if (system("ldd /bin/ls >/dev/null 2>&1") != 0)
        check_skip("needs ldd and a dynamic /bin/ls");
    if (strcmp(fixture.step, "step05") == 0)
        need_programs_of_this_kind();
    shell("rm '%s/bin/ls' && cp /bin/ls '%s/bin/ls'", fixture.image, fixture.image);
    assert_int_equal(run(fixture.step, fixture.image, "ls", "/"), 127);
    assert_contains(err, ": exec /bin/ls: ENOENT (No such file or directory)\n");
    assert_contains(err, ": hint: /bin/ls is there, but what runs it is not in the image: /lib");
    assert_contains(err, "`ldd`");
    shell("ldd /bin/ls | grep -o '/[^ ]*' | while read -r file; do "
          "mkdir -p \"%s$(dirname $file)\" && cp $file \"%s$file\"; done",
          fixture.image, fixture.image);
    assert_int_equal(run(fixture.step, fixture.image, "ls", "/"), 0);
    assert_contains(out, "bin\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERY_STEP(the_command_runs_in_the_root_of_the_image),
        EVERY_STEP(its_status_is_the_programs_own),
        STEP_AS_ROOT("step01", a_command_killed_by_a_signal_counts_128_and_the_signal),
        STEP_AS_ROOT("step02", a_command_killed_by_a_signal_counts_128_and_the_signal),
        STEP_AS_USER("step05", a_command_killed_by_a_signal_counts_128_and_the_signal),
        STEP_AS_USER("step03", process_1_killed_from_outside_counts_so_too),
        STEP_AS_ROOT("step04", process_1_killed_from_outside_counts_so_too),
        EVERY_STEP(its_words_arrive_as_they_are),
        EVERY_STEP(its_input_and_output_are_the_callers),
        EVERY_STEP(the_caller_may_stand_in_a_folder_of_its_own),
        EVERY_STEP(the_callers_secrets_stay_outside),
        STEP_AS_ROOT("step01", the_prompt_is_the_steps_name),
        FROM_STEP02(the_prompt_is_the_containers_name),
        EVERY_STEP(explain_shows_each_act_on_stderr),
        EVERY_STEP(a_command_that_is_not_there_is_127),
        EVERY_STEP(a_command_that_does_not_run_is_126),
        EVERY_STEP(a_script_names_its_missing_interpreter),
        EVERY_STEP(a_hostile_interpreter_is_printed_harmlessly),
        EVERY_STEP(a_dynamic_program_needs_its_loader_and_libraries),
    };
    return check_run(tests);
}
