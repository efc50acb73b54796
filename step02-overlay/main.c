/*
 * step02: as step01, but the image stays as it was: the container writes to a layer above it.
 */
#include "chroot.h"
#include "name.h"
#include "overlay.h"
#include "proc.h"
#include "sweep.h"

#include "cli.h"
#include "command.h"
#include "process.h"

#include <stddef.h>

struct container {
    const char *rootfs;
    char **command;
    char name[NAME_SIZE];
    const char *scratch;
    struct overlay layers;
};

static int set_up(struct container *c)
{
    if (overlay_open_image(&c->layers, c->rootfs) < 0)
        return -1;
    if (name_choose(c->name) < 0)
        return -1;
    if (sweep_leftovers(c->scratch, c->name) < 0)
        return -1;
    if (overlay_make(&c->layers, c->scratch, c->name, c->rootfs) < 0)
        return -1;
    if (overlay_mount(&c->layers, NULL) < 0)
        return -1;
    return 0;
}

static int enter(void *arg)
{
    struct container *c = arg;

    if (chroot_enter("merged") < 0)
        return EXIT_NOT_MADE;
    if (proc_mount() < 0)
        return EXIT_NOT_MADE;
    if (command_environment(c->name) < 0)
        return EXIT_NOT_MADE;
    return command_exec(c->command);
}

static int tear_down(struct container *c)
{
    int result = 0;

    if (overlay_unmount(&c->layers) < 0)
        result = -1;
    if (overlay_remove(&c->layers) < 0)
        result = -1;
    return result;
}

int main(int argc, char **argv)
{
    struct container c = {0};
    const struct cli_option options[] = {
        {"name", "NAME", "call the container NAME, not a random name", name_parse, c.name},
        {"scratch", "DIR", "put its layers in DIR (default: TMPDIR or /tmp)", cli_text, &c.scratch},
        {"keep", NULL, "keep its layer, and say where", cli_flag, &c.layers.folder.keep},
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
