/*
 * probe_setuid: becomes user 1000 and starts its own file again. This file is root's, and setuid.
 * Then it prints which user it is.
 */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc == 1) {
        if (setresgid(1000, 1000, 1000) < 0 || setresuid(1000, 1000, 1000) < 0)
            return 1;
        execl(argv[0], argv[0], "again", NULL);
        return 2;
    }
    printf("%u %u\n", getuid(), geteuid());
    return 0;
}
