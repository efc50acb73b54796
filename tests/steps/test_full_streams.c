/* A file as a standard descriptor: before step05 the container can open it anew, then not. */
#include "full.h"

#include <stdio.h>

/* Makes a folder with a file. Both belong to the user who runs the programs. */
static const char *files(void)
{
    static char folder[FIXTURE_PATH + 8];

    snprintf(folder, sizeof(folder), "%s/files", fixture.dir);
    if (!exists(folder))
        assert_int_equal(run("sh", "-c",
                             "mkdir -m 700 \"$0\" && echo kept >\"$0/in\" && chmod 600 \"$0/in\"",
                             folder),
                         0);
    return folder;
}

/* Runs a line of shell, where $0 is a step, $1 the image, $2 the folder. Returns its status. */
static int run_with_files(const char *step, const char *line)
{
    const char *folder = files();

    return run("sh", "-c", line, path_in(fixture.programs, step), fixture.image, folder);
}

static void assert_makes(const char *wanted, const char *step, const char *line)
{
    run_with_files(step, line);
    run_with_files(step, "stat -c %a \"$2/in\" && cat \"$2/in\"");
    assert_string_equal(out, wanted);
}

static void input_cannot_be_opened_for_writing(void **state)
{
    static const char line[] =
        "\"$0\" \"$1\" sh -c 'echo changed >/proc/self/fd/0' <\"$2/in\" >/dev/null 2>&1";

    assert_makes("600\nkept\n", "step05", line);
    assert_makes("600\nchanged\n", step_before(), line);
}

static void the_mode_of_output_cannot_be_changed(void **state)
{
    static const char line[] =
        "\"$0\" \"$1\" chmod 666 /proc/self/fd/1 </dev/null >>\"$2/in\" 2>/dev/null";

    assert_makes("600\nkept\n", "step05", line);
    assert_makes("666\nkept\n", step_before(), line);
}

static void what_goes_through_files_is_whole(void **state)
{
    assert_int_equal(run_with_files("step05", "cd \"$2\" && head -c 300000 /dev/urandom >big && "
                                              "\"$0\" \"$1\" sh -c 'cat; echo word >&2; exit 7' "
                                              "<big >copy 2>words"),
                     7);
    assert_int_equal(run_with_files("step05", "cd \"$2\" && cmp big copy && grep -x word words"),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(input_cannot_be_opened_for_writing),
        AS_EACH(the_mode_of_output_cannot_be_changed),
        AS_EACH(what_goes_through_files_is_whole),
    };
    return check_run(tests);
}
