#include "floor.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

void floor_write(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);

    floor_must(file, path);
    floor_must(write(file, text, strlen(text)), path);
    close(file);
}

/* Step 5 has its layers in a tmpfs, so on the host it needs no more than a place to mount on. */
void floor_make_folder(struct floor *f)
{
    const char *parent = getenv("TMPDIR");
    unsigned number;

    floor_must(getrandom(&number, sizeof(number), 0), "getrandom");
    snprintf(f->name, sizeof(f->name), "floor-%08x", number);
    snprintf(f->folder, sizeof(f->folder), "%s/%s", parent ? parent : "/tmp", f->name);
    floor_must(mkdir(f->folder, 0711), f->folder);
    floor_must(chdir(f->folder), f->folder);
    if (f->step == 5)
        return;
    floor_must(mkdir("upper", 0755), "upper");
    floor_must(mkdir("work", 0755), "work");
    floor_must(mkdir("merged", 0755), "merged");
}

/* With `volatile`, the end of the mount need not wait until the layer is on the disk. */
void floor_mount_layers(const struct floor *f, const char *options)
{
    char data[PATH_MAX + 128];

    snprintf(data, sizeof(data), "lowerdir=%s,upperdir=upper,workdir=work,%s",
             f->lower < 0 ? f->image : "lower", options);
    floor_must(mount("overlay", "merged", "overlay", 0, data), "overlay");
}

/* What overlay leaves for a mount with `volatile`. These have no rights, not even for their owner.
 */
static void empty_work(void)
{
    static const char *const left[] = {"work/work", "work/work/incompat",
                                       "work/work/incompat/volatile"};
    enum { COUNT = sizeof(left) / sizeof(*left) };

    for (int i = 0; i < COUNT; i++)
        floor_must(chmod(left[i], 0700), left[i]);
    floor_must(unlink("work/work/incompat/volatile/dirty"), "dirty");
    for (int i = COUNT - 1; i >= 0; i--)
        floor_must(rmdir(left[i]), left[i]);
}

void floor_remove_folder(const struct floor *f)
{
    if (f->step == 2)
        floor_must(umount2("merged", MNT_DETACH), "umount");
    if (f->step < 5) {
        empty_work();
        floor_must(rmdir("work"), "work");
        floor_must(rmdir("upper"), "upper");
        floor_must(rmdir("merged"), "merged");
    }
    if (f->step > 2)
        floor_must(unlink("pid"), "pid");
    floor_must(rmdir(f->folder), f->folder);
}
