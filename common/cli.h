/*
 * cli: the command line that all steps share: stepNN [OPTIONS] ROOTFS [COMMAND [ARG...]].
 *
 * A step lists its own options in a table. All steps have -h, --version and -x. Options end at
 * ROOTFS; the rest of the line belongs to the command. A "--" before the command is left out.
 */
#ifndef CLI_H
#define CLI_H

struct cli_option {
    const char *name;     /* the long name, without its dashes. "m,memory" has a
                             letter too: -m SIZE, -mSIZE                            */
    const char *argument; /* the name of its argument in the usage; NULL for a flag */
    const char *help;     /* the rest of its line in the usage                      */
    int (*parse)(const char *text, void *value); /* returns 0, or -1 after a report */
    void *value; /* parse stores here what it has read                     */
};

#define CLI_END                                                                                    \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/* cli_parse() returns this when there is a container to make. All else is an exit status. */
enum { CLI_RUN = -1 };

/*
 * Reads the command line into the table's values, `rootfs` and `command`. The command ends with
 * NULL. It is /bin/sh if the user gives none. Then opens those of the descriptors 0 to 2 that the
 * caller has closed, see file_open_standard(). Returns CLI_RUN, or an exit status if the program
 * ends here: 0 after -h or --version, whose answer is on stdout; EXIT_NOT_MADE if stdout cannot be
 * written, or /dev/null cannot be opened, or this program has no room to run, see room_check(), or
 * has rights that its caller lacks, see privilege_check(); EXIT_USAGE after a report on stderr.
 */
int cli_parse(int argc, char **argv, const struct cli_option *table, const char **rootfs,
              char ***command);

/* The same, but the first operand is not ROOTFS. The usage calls it `operand`. */
int cli_parse_as(const char *operand, int argc, char **argv, const struct cli_option *table,
                 const char **first, char ***command);

/* Parsers: a flag (value: bool *) and a text that is not empty (value: const char **). */
int cli_flag(const char *text, void *value);
int cli_text(const char *text, void *value);

#endif
