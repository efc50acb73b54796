/*
 * attack NAME SECRET VICTIM [ARGUMENT]   inside: runs one attack, and says what came of it
 * attack ROLE COMMAND...                 on the host: plays a role for COMMAND, see roles.c
 */
#include "attack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct attack *const families[] = {
    escape_attacks,   process_attacks,  namespace_attacks, device_attacks,
    kernel_attacks,   mount_attacks,    terminal_attacks,  syscall_attacks,
    resource_attacks, identity_attacks, image_attacks,     NULL,
};

enum { NOT_HERE = 1 };
struct host host;
static const char *reason;

int stopped(const char *how)
{
    reason = how;
    return -1;
}

int not_here(const char *why)
{
    reason = why;
    return NOT_HERE;
}

static void print(int result)
{
    if (result == 0)
        puts("open");
    else if (result == NOT_HERE)
        printf("n/a %s\n", reason);
    else
        printf("x %s\n", reason ? reason : strerrorname_np(errno));
    fflush(stdout);
}

/* Waits until the end of stdin: meanwhile the host looks at what the attack has done. */
static void wait_for_host(void)
{
    char byte;

    while (!isatty(STDIN_FILENO) && read(STDIN_FILENO, &byte, 1) > 0)
        ;
}

static const struct attack *find(const char *name)
{
    for (const struct attack *const *family = families; *family; family++)
        for (const struct attack *attack = *family; attack->name; attack++)
            if (strcmp(attack->name, name) == 0)
                return attack;
    return NULL;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct attack *attack = argc > 3 ? find(name) : NULL;

    for (const struct role *role = roles; role->name; role++)
        if (strcmp(role->name, name) == 0)
            return role->play(argv + 2);
    if (!attack) {
        fprintf(stderr, "attack: there is no '%s'\n", name);
        return 2;
    }
    host = (struct host){argv[2], (pid_t)strtol(argv[3], NULL, 10), argc > 4 ? argv[4] : ""};
    print(attack->run());
    wait_for_host();
    return 0;
}
