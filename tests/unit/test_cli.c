#include "check.h"
#include "cli.h"
#include "process.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static bool keep, quiet;
static const char *scratch;
static int numbers;

static int refuse_all(const char *text, void *value)
{
    (void)text;
    (void)value;
    return -1;
}

static int count(const char *text, void *value)
{
    *(int *)value += (int)strlen(text);
    return 0;
}

static const struct cli_option table[] = {
    {"keep", NULL, "keep it", cli_flag, &keep},
    {"scratch", "DIR", "put it in DIR", cli_text, &scratch},
    {"n,number", "N", "count", count, &numbers},
    {"q,quiet", NULL, "say less", cli_flag, &quiet},
    {"refused", "X", "never right", refuse_all, NULL},
    CLI_END,
};

static const char *rootfs;
static char **command;

#define parse(...) parse_words((char *[]){"/somewhere/step07", __VA_ARGS__, NULL})
static int parse_words(char **words)
{
    int argc = 0;

    while (words[argc])
        argc++;
    keep = quiet = false;
    scratch = NULL;
    numbers = 0;
    rootfs = NULL;
    command = NULL;
    optind = 0; /* getopt starts from the beginning */
    return CATCH(cli_parse(argc, words, table, &rootfs, &command));
}

static void cli_parse_finds_the_operands(void **state)
{
    assert_int_equal(parse("rootfs", "ls", "-l"), CLI_RUN);
    assert_string_equal(caught, "");
    assert_string_equal(rootfs, "rootfs");
    assert_string_equal(command[0], "ls");
    assert_string_equal(command[1], "-l");
    assert_null(command[2]);
}

static void the_command_is_a_shell_unless_given(void **state)
{
    assert_int_equal(parse("rootfs"), CLI_RUN);
    assert_string_equal(caught, "");
    assert_string_equal(command[0], "/bin/sh");
    assert_null(command[1]);
}

static void options_fill_their_values(void **state)
{
    assert_int_equal(parse("--keep", "--scratch", "/mnt", "--number=abc", "rootfs"), CLI_RUN);
    assert_string_equal(caught, "");
    assert_true(keep);
    assert_string_equal(scratch, "/mnt");
    assert_int_equal(numbers, 3);
}

static void options_end_at_rootfs(void **state)
{
    assert_int_equal(parse("rootfs", "ls", "--keep", "-h"), CLI_RUN);
    assert_string_equal(caught, "");
    assert_false(keep);
    assert_string_equal(command[1], "--keep");
}

static void two_dashes_end_the_options(void **state)
{
    assert_int_equal(parse("--keep", "--", "-rootfs"), CLI_RUN);
    assert_string_equal(caught, "");
    assert_string_equal(rootfs, "-rootfs");
}

static void an_option_may_have_a_letter(void **state)
{
    assert_int_equal(parse("-n", "abc", "-q", "rootfs", "-n"), CLI_RUN);
    assert_string_equal(caught, "");
    assert_int_equal(numbers, 3);
    assert_true(quiet);
    assert_string_equal(command[0], "-n");
    assert_int_equal(parse("-qxnabcd", "--number", "e", "rootfs"), CLI_RUN);
    assert_int_equal(numbers, 5);
    assert_true(quiet);
    assert_false(keep);
}

static void two_dashes_before_the_command_are_left_out(void **state)
{
    assert_int_equal(parse("rootfs", "--", "ls", "--"), CLI_RUN);
    assert_string_equal(command[0], "ls");
    assert_string_equal(command[1], "--");
    assert_null(command[2]);
    assert_int_equal(parse("--", "rootfs", "--", "--"), CLI_RUN);
    assert_string_equal(command[0], "--");
    assert_int_equal(parse("rootfs", "--"), CLI_RUN);
    assert_string_equal(command[0], "/bin/sh");
    assert_int_equal(parse("rootfs", "--", ""), EXIT_USAGE);
    assert_contains(caught, "COMMAND is empty");
}

/* Gives the value of the call; what it wrote to stdout is in `printed`. */
#define PRINTED(call) (print_begin(), print_end(call))
static char printed[4096];
static int real_stdout, printing;

static void print_begin(void)
{
    fflush(stdout);
    real_stdout = dup(STDOUT_FILENO);
    printing = memfd_create("stdout", 0);
    dup2(printing, STDOUT_FILENO);
}

static int print_end(int value)
{
    ssize_t length = pread(printing, printed, sizeof(printed) - 1, 0);

    printed[length < 0 ? 0 : length] = '\0';
    dup2(real_stdout, STDOUT_FILENO);
    close(real_stdout);
    close(printing);
    return value;
}

static void help_lists_every_option_and_is_no_error(void **state)
{
    assert_int_equal(PRINTED(parse("--help")), 0);
    assert_contains(printed, "usage: step07 [OPTIONS] ROOTFS [COMMAND [ARG...]]\n");
    assert_contains(printed, "-x, --explain");
    assert_contains(printed, "--keep ");
    assert_contains(printed, "keep it\n");
    assert_contains(printed, "\n  --scratch DIR ");
    assert_contains(printed, "\n  -n, --number N ");
    assert_contains(printed, "\n  -q, --quiet ");
    assert_string_equal(caught, "");
    assert_int_equal(PRINTED(parse("-h")), 0);
    assert_contains(printed, "usage: ");
}

#define assert_usage(message, ...)                                                                 \
    do {                                                                                           \
        assert_int_equal(parse(__VA_ARGS__), EXIT_USAGE);                                          \
        assert_contains(caught, message);                                                          \
        assert_contains(caught, "usage: step07 [OPTIONS] ROOTFS");                                 \
    } while (0)

static void a_wrong_call_is_named_and_shows_the_usage(void **state)
{
    assert_usage("step07: ROOTFS is missing\n", NULL);
    assert_usage("step07: ROOTFS is missing\n", "");
    assert_usage("step07: ROOTFS is missing\n", "--keep");
    assert_usage("step07: COMMAND is empty\n", "rootfs", "");
    assert_usage("step07: option '-z' is not known\n", "-z", "rootfs");
    assert_usage("step07: option '-z' is not known\n", "-xz", "rootfs");
    assert_usage("step07: option '--nothing' is not known", "--nothing", "rootfs");
    assert_usage("step07: option '--keep=1' is not known, or takes no argument\n", "--keep=1", "r");
    assert_usage("step07: option '--help=1' is not known, or takes no argument\n", "--help=1", "r");
    assert_usage("step07: option '--scratch' needs an argument\n", "--scratch");
    assert_usage("step07: option '-n' needs an argument\n", "-n");
    assert_usage("step07: option '--quiet=1' is not known, or takes no argument\n", "--quiet=1");
    assert_usage("step07: option '--n,number' is not known", "--n,number", "1");
    assert_usage("step07: option '-k' is not known\n", "-k", "rootfs");
    assert_usage("step07: an option's argument is empty\n", "--scratch=", "rootfs");
    assert_usage("", "--refused", "1", "rootfs");
}

static void cli_parse_as_names_another_operand(void **state)
{
    char *words[] = {"join", NULL};

    optind = 0;
    assert_int_equal(CATCH(cli_parse_as("PID|NAME", 1, words, table, &rootfs, &command)),
                     EXIT_USAGE);
    assert_contains(caught, "join: PID|NAME is missing\n");
    assert_contains(caught, "usage: join [OPTIONS] PID|NAME [COMMAND");
}

static void cli_text_refuses_an_empty_text(void **state)
{
    const char *value = "before";

    assert_int_equal(CATCH(cli_text("", &value)), -1);
    assert_int_equal(errno, EINVAL);
    assert_contains(caught, "empty");
    assert_string_equal(value, "before");
}

static void assert_called(char *name, const char *shown)
{
    char *words[] = {name, "--wrong", NULL};
    char line[256];

    optind = 0;
    assert_int_equal(CATCH(cli_parse(2, words, table, &rootfs, &command)), EXIT_USAGE);
    snprintf(line, sizeof(line), "usage: %s [OPTIONS] ROOTFS [COMMAND [ARG...]]   (%s -h ", shown,
             shown);
    assert_contains(caught, line);
    assert_int_equal(strncmp(caught, shown, strlen(shown)), 0);
}

/* The caller of execve(2) chooses the name. */
static void any_name_of_the_program_is_safe_to_print(void **state)
{
    assert_called("build/step07", "step07");
    assert_called("", "container");
    assert_called("/", "container");
    assert_called("/bin/", "container");
    assert_called("/bin/\033[2Jred\n", "?[2Jred?");
    assert_called("\302\233 x", "???x");
}

static void without_any_argument_the_environment_is_none(void **state)
{
    char *words[] = {NULL, "HOME=/root", "PATH=/bin", NULL};

    optind = 0;
    assert_int_equal(CATCH(cli_parse(0, words, table, &rootfs, &command)), EXIT_USAGE);
    assert_contains(caught, "usage: container [OPTIONS]");
}

static void explain_is_an_option_of_every_step(void **state)
{
    assert_int_equal(parse("-x", "--explain", "rootfs"), CLI_RUN);
    assert_string_equal(caught, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_parse_finds_the_operands),
        cmocka_unit_test(the_command_is_a_shell_unless_given),
        cmocka_unit_test(options_fill_their_values),
        cmocka_unit_test(options_end_at_rootfs),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(an_option_may_have_a_letter),
        cmocka_unit_test(two_dashes_before_the_command_are_left_out),
        cmocka_unit_test(help_lists_every_option_and_is_no_error),
        cmocka_unit_test(a_wrong_call_is_named_and_shows_the_usage),
        cmocka_unit_test(cli_parse_as_names_another_operand),
        cmocka_unit_test(cli_text_refuses_an_empty_text),
        cmocka_unit_test(any_name_of_the_program_is_safe_to_print),
        cmocka_unit_test(without_any_argument_the_environment_is_none),
        cmocka_unit_test(explain_is_an_option_of_every_step),
    };
    return check_run(tests);
}
