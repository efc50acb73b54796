/*
 * cli: the command line that all steps share: stepNN [OPTIONS] ROOTFS [COMMAND [ARG...]].
 *
 * A step lists its own options in a table; -h and -x are everybody's. Options end at ROOTFS: what
 * follows belongs to the command.
 */
#ifndef CLI_H
#define CLI_H

struct cli_option {
    const char *name;     /* the long name, without its dashes                      */
    const char *argument; /* what the usage calls its argument; NULL for a flag     */
    const char *help;     /* the rest of its line in the usage                      */
    int (*parse)(const char *text, void *value); /* 0, or -1 after a report         */
    void *value; /* where parse puts what it read                          */
};

#define CLI_END                                                                                    \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/* What cli_parse() returns when there is a container to be made; anything else is an exit status.
 */
enum { CLI_RUN = -1 };

/*
 * Reads the command line into the table's values, `rootfs` and `command`, which ends with NULL and
 * is /bin/sh where none is given. Returns CLI_RUN, or the exit status of a call that ends here: 0
 * after -h, whose answer is on stdout; EXIT_NOT_MADE where stdout cannot be written; EXIT_USAGE
 * after a report on stderr.
 */
int cli_parse(int argc, char **argv, const struct cli_option *table, const char **rootfs,
              char ***command);

/* The same for another first operand than ROOTFS. The usage calls it `operand`. */
int cli_parse_as(const char *operand, int argc, char **argv, const struct cli_option *table,
                 const char **first, char ***command);

/* Parsers: a flag (value: bool *) and a text that is not empty (value: const char **). */
int cli_flag(const char *text, void *value);
int cli_text(const char *text, void *value);

#endif
