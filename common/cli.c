#include "cli.h"

#include "file.h"
#include "privilege.h"
#include "process.h"
#include "report.h"
#include "room.h"
#include "version.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MOST_OPTIONS = 40, FIRST_LONG = 256, ASKS_VERSION = FIRST_LONG + MOST_OPTIONS };

/* The letter of an option that has one: "m,memory". Otherwise 0. */
static char letter_of(const struct cli_option *o)
{
    if (o->name[0] && o->name[1] == ',')
        return o->name[0];
    return '\0';
}

static const char *long_name(const struct cli_option *o)
{
    return letter_of(o) ? o->name + 2 : o->name;
}

/*
 * The last part of the path, as far as it is safe to print on a terminal. The caller chooses
 * argv[0], execve(2), and may even leave it out.
 */
static const char *program_name(const char *path)
{
    static char name[64];
    const char *slash = path ? strrchr(path, '/') : NULL;

    snprintf(name, sizeof(name), "%s", slash ? slash + 1 : path ? path : "");
    for (char *letter = name; *letter; letter++)
        if (!isgraph((unsigned char)*letter))
            *letter = '?';
    return *name ? name : "container";
}

/* For what goes to stdout, since the user asked for it. Returns the exit status. */
static int finish_stdout(void)
{
    if (fflush(stdout) == 0)
        return 0;
    report_errno("write to stdout");
    return EXIT_NOT_MADE;
}

static int print_version(const char *program)
{
    printf("%s %s\n", program, VERSION);
    return finish_stdout();
}

static int print_help(const char *program, const char *operand, const struct cli_option *table)
{
    printf("usage: %s [OPTIONS] %s [COMMAND [ARG...]]\n", program, operand);
    printf("  %-26s %s\n", "-h, --help", "print this and exit");
    printf("  %-26s %s\n", "--version", "print the version, " VERSION ", and exit");
    printf("  %-26s %s\n", "-x, --explain", "print each act as a shell command, first");
    for (; table->name; table++) {
        const char letter[] = {'-', letter_of(table), ',', ' ', '\0'};
        char option[64];

        snprintf(option, sizeof(option), "%s--%s %s", letter[1] ? letter : "", long_name(table),
                 table->argument ? table->argument : "");
        printf("  %-26s %s\n", option, table->help);
    }
    printf("SIGTERM and SIGHUP ask the command to end, and so does Ctrl-C, unless the\n"
           "command handles it. After 2 seconds it is killed. A second signal that is\n"
           "SIGQUIT, or a third signal, kills it at once.\n");
    return finish_stdout();
}

static int print_usage(const char *program, const char *operand)
{
    fprintf(stderr, "usage: %s [OPTIONS] %s [COMMAND [ARG...]]   (%s -h lists the options)\n",
            program, operand, program);
    return EXIT_USAGE;
}

/* getopt_long(3) needs the table in a form of its own, and the letters apart from it. */
static void fill_getopt_table(struct option *options, char *letters, const struct cli_option *table)
{
    int count = 0;

    letters += sprintf(letters, "+:hx"); /* "+": options end at the first operand */

    options[count++] = (struct option){"help", no_argument, NULL, 'h'};
    options[count++] = (struct option){"version", no_argument, NULL, ASKS_VERSION};
    options[count++] = (struct option){"explain", no_argument, NULL, 'x'};
    for (int i = 0; table[i].name && count < MOST_OPTIONS; i++) {
        options[count++] = (struct option){long_name(&table[i]),
                                           table[i].argument ? required_argument : no_argument,
                                           NULL, FIRST_LONG + i};
        if (letter_of(&table[i]))
            letters += sprintf(letters, "%c%s", letter_of(&table[i]), table[i].argument ? ":" : "");
    }
    options[count] = (struct option){0};
}

/* getopt_long(3) returns a long option's place in the table, or an option's letter. */
static const struct cli_option *find_option(int option, const struct cli_option *table)
{
    if (option >= FIRST_LONG)
        return &table[option - FIRST_LONG];
    while (letter_of(table) != option)
        table++;
    return table;
}

/* Returns 0 after -x or an option of the table, `option` after -h or --version, or -1. */
static int take_option(int option, char **argv, const struct cli_option *table)
{
    switch (option) {
    case 'h':
    case ASKS_VERSION:
        return option;
    case 'x':
        explain_on();
        return 0;
    case ':':
        return report_error("option '%s' needs an argument", argv[optind - 1]);
    case '?':
        if (optopt > 0 && optopt < FIRST_LONG && optopt != 'h' && optopt != 'x')
            return report_error("option '-%c' is not known", optopt);
        return report_error("option '%s' is not known, or takes no argument", argv[optind - 1]);
    default:
        table = find_option(option, table);
        return table->parse(optarg, table->value);
    }
}

static int take_operands(char **argv, const char *operand, const char **first, char ***command)
{
    static char *shell[] = {"/bin/sh", NULL};

    if (!argv[0] || !*argv[0])
        return report_error("%s is missing", operand);
    *first = argv[0];
    argv++;
    if (*argv && strcmp(*argv, "--") == 0)
        argv++;
    *command = *argv ? argv : shell;
    if (!*(*command)[0])
        return report_error("COMMAND is empty");
    return 0;
}

int cli_parse_as(const char *operand, int argc, char **argv, const struct cli_option *table,
                 const char **first, char ***command)
{
    struct option options[MOST_OPTIONS + 1];
    char letters[MOST_OPTIONS + MOST_OPTIONS + sizeof("+:hx")];
    const char *program = program_name(argv[0]);
    int option;

    report_program(program);
    if (privilege_check() < 0 || room_check() < 0)
        return EXIT_NOT_MADE;
    if (argc == 0) /* what follows in memory is no argument */
        return print_usage(program, operand);
    fill_getopt_table(options, letters, table);
    opterr = 0; /* getopt's own messages start with argv[0], which may be a path */
    while ((option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        int taken = take_option(option, argv, table);

        if (taken < 0)
            return print_usage(program, operand);
        if (taken == 'h')
            return print_help(program, operand, table);
        if (taken == ASKS_VERSION)
            return print_version(program);
    }
    if (take_operands(argv + optind, operand, first, command) < 0)
        return print_usage(program, operand);
    /* Only now: after -h, a stdout that is closed is an error. */
    return file_open_standard() < 0 ? EXIT_NOT_MADE : CLI_RUN;
}

int cli_parse(int argc, char **argv, const struct cli_option *table, const char **rootfs,
              char ***command)
{
    return cli_parse_as("ROOTFS", argc, argv, table, rootfs, command);
}

int cli_flag(const char *text, void *value)
{
    (void)text;
    *(bool *)value = true;
    return 0;
}

int cli_text(const char *text, void *value)
{
    if (!*text) {
        errno = EINVAL;
        return report_error("an option's argument is empty");
    }
    *(const char **)value = text;
    return 0;
}
