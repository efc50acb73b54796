/*
 * step01: a command that sees another root directory.
 */
#include "chroot.h"

#include "cli.h"
#include "command.h"
#include "file.h"
#include "process.h"

#include <stddef.h>

struct container {
    const char *rootfs;
    char **command;
};

static int set_up(struct container *c)
{
    if (file_check_rootfs(c->rootfs) < 0)
        return -1;
    return 0;
}

static int enter(void *arg)
{
    struct container *c = arg;

    if (chroot_enter(c->rootfs) < 0)
        return EXIT_NOT_MADE;
    if (command_environment("step01") < 0)
        return EXIT_NOT_MADE;
    return command_exec(c->command);
}

static int tear_down(struct container *c)
{
    (void)c;
    return 0;
}

int main(int argc, char **argv)
{
    struct container c = {0};
    const struct cli_option options[] = {
        CLI_END,
    };

    int status = cli_parse(argc, argv, options, &c.rootfs, &c.command);
    if (status != CLI_RUN)
        return status;

    status = EXIT_NOT_MADE;
    if (process_prepare() == 0 && set_up(&c) == 0)
        status = process_run(enter, &c);
    if (tear_down(&c) < 0 && status == 0)
        status = EXIT_NOT_MADE;
    return process_leave(status);
}
