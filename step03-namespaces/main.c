/*
 * step03: as step02, but the command sees only its own processes, mounts, network and users.
 */
#include "chroot.h"
#include "hosts.h"
#include "idmap.h"
#include "image.h"
#include "loopback.h"
#include "name.h"
#include "namespaces.h"
#include "overlay.h"
#include "pidfile.h"
#include "proc.h"
#include "sweep.h"

#include "cli.h"
#include "command.h"
#include "process.h"

#include <stddef.h>
#include <sys/types.h>

struct container {
    const char *rootfs;
    char **command;
    char name[NAME_SIZE];
    const char *scratch;
    char hostname[NAME_SIZE];
    struct overlay layers;
    struct image image;
};

static int set_up(struct container *c)
{
    if (namespaces_check() < 0)
        return -1;
    if (overlay_open_image(&c->layers, c->rootfs) < 0)
        return -1;
    if (name_choose(c->name) < 0)
        return -1;
    if (sweep_leftovers(c->scratch, c->name) < 0)
        return -1;
    if (overlay_make(&c->layers, c->scratch, c->name, c->rootfs) < 0)
        return -1;
    if (image_copy(&c->image, &c->layers, c->rootfs) < 0)
        return -1;
    return 0;
}

static int admit(void *arg, pid_t child)
{
    struct container *c = arg;

    if (idmap_write(child) < 0)
        return -1;
    if (pidfile_write(&c->layers.folder, child) < 0)
        return -1;
    return 0;
}

static int enter(void *arg)
{
    struct container *c = arg;

    if (namespaces_private_mounts() < 0)
        return EXIT_NOT_MADE;
    if (loopback_up() < 0)
        return EXIT_NOT_MADE;
    if (image_attach(&c->image, &c->layers.folder) < 0)
        return EXIT_NOT_MADE;
    if (overlay_mount(&c->layers, "userxattr") < 0)
        return EXIT_NOT_MADE;
    if (chroot_enter("merged") < 0)
        return EXIT_NOT_MADE;
    if (hosts_set("/", *c->hostname ? c->hostname : c->name) < 0)
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

    if (pidfile_remove(&c->layers.folder) < 0)
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
        {"hostname", "NAME", "its host name (default: its name)", name_parse, c.hostname},
        CLI_END,
    };

    int status = cli_parse(argc, argv, options, &c.rootfs, &c.command);
    if (status != CLI_RUN)
        return status;

    status = EXIT_NOT_MADE;
    if (process_prepare() == 0 && set_up(&c) == 0)
        status = namespaces_run(enter, admit, &c);
    if (tear_down(&c) < 0 && status == 0)
        status = EXIT_NOT_MADE;
    return process_leave(status);
}
