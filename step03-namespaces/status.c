#include "status.h"

#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Returns how many of the lines it is that each kernel has. */
static int read_line(const char *line, struct status *s)
{
    /* The last number is its own namespace's: "NSpid: 857 1". */
    if (strncmp(line, "NSpid:", strlen("NSpid:")) == 0)
        s->is_process_1 = strcmp(strrchr(line, '\t'), "\t1\n") == 0;
    sscanf(line, "Seccomp: %u", &s->mode);
    sscanf(line, "Seccomp_filters: %u", &s->filters);
    return (sscanf(line, "PPid: %d", &s->parent) == 1) + (sscanf(line, "Uid: %u", &s->uid) == 1) +
           (sscanf(line, "Gid: %u", &s->gid) == 1) +
           (sscanf(line, "CapBnd: %llx", &s->bounding) == 1) +
           (sscanf(line, "NoNewPrivs: %u", &s->no_new_privs) == 1);
}

int status_read(int proc, struct status *s)
{
    enum { LINES = 5 };
    char line[256];
    int found = 0;
    FILE *file = file_open_stream(proc, "status");

    *s = (struct status){.parent = 0};
    if (!file)
        return -1;
    while (fgets(line, sizeof(line), file))
        found += read_line(line, s);
    int error = ferror(file) ? errno : EINVAL;
    fclose(file);
    errno = error;
    return found == LINES ? 0 : -1;
}
