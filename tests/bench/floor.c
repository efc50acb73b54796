/* floor STEP IMAGE COMMAND...: see floor.h. COMMAND is a path in the image. */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void floor_must(long result, const char *act)
{
    if (result >= 0)
        return;
    perror(act);
    _exit(FLOOR_FAILED);
}

int main(int argc, char **argv)
{
    static void (*const enter[])(struct floor *) = {floor_enter_chroot, floor_enter_layers,
                                                    floor_enter_namespaces, floor_enter_namespaces,
                                                    floor_enter_full};
    static struct floor f = {.lower = -1, .group = -1};

    int step = argc < 4 ? 0 : atoi(argv[1]);
    if (step < 1 || step > 5) {
        fprintf(stderr, "usage: floor STEP IMAGE COMMAND...\n");
        return FLOOR_FAILED;
    }
    f.step = step;
    f.image = argv[2];
    f.command = argv + 3;
    f.root = geteuid() == 0;
    if (step == 5)
        floor_seal(argv);
    if (step > 1)
        floor_make_folder(&f);
    if (step == 2)
        floor_mount_layers(&f, "volatile");
    if (step > 3)
        floor_make_cgroups(&f);
    int status = floor_launch(&f, enter[step - 1]);
    if (step > 3)
        floor_remove_cgroups(&f);
    if (step > 1)
        floor_remove_folder(&f);
    return status;
}
