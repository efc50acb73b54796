#include "guards.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* Returns how many of the two lines it is that each kernel has. */
static int read_line(const char *line, struct guards *g)
{
    sscanf(line, "Seccomp: %u", &g->mode);
    sscanf(line, "Seccomp_filters: %u", &g->filters);
    return (sscanf(line, "CapBnd: %llx", &g->bounding) == 1) +
           (sscanf(line, "NoNewPrivs: %u", &g->no_new_privs) == 1);
}

static int read_guards(int proc, struct guards *g)
{
    char line[256];
    int found = 0;
    FILE *status = file_open_stream(proc, "status");

    *g = (struct guards){.bounding = 0};
    if (!status)
        return -1;
    while (fgets(line, sizeof(line), status))
        found += read_line(line, g);
    int error = ferror(status) ? errno : EINVAL;
    fclose(status);
    errno = error;
    return found == 2 ? 0 : -1;
}

int guards_read_own(struct guards *own)
{
    cleanup_fd int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

    return proc < 0 || read_guards(proc, own) < 0 ? report_errno("read /proc/self/status") : 0;
}

/* A machine may guard all of its programs. What the caller has too is not lost by entering. */
static const char *find_guard(const struct guards *theirs, const struct guards *own)
{
    if (theirs->mode > own->mode || theirs->filters > own->filters)
        return "a filter of system calls";
    if (theirs->no_new_privs > own->no_new_privs)
        return "no_new_privs";
    if (own->bounding & ~theirs->bounding)
        return "a smaller bounding set of capabilities";
    return NULL;
}

int guards_refuse(const struct guards *own, int proc, int pid)
{
    struct guards theirs;

    if (read_guards(proc, &theirs) < 0)
        return report_errno("read /proc/%d/status", pid);
    const char *guard = find_guard(&theirs, own);
    if (!guard)
        return 0;
    errno = EPERM;
    report_errno("enter process %d: it has %s, and a command that enters would not", pid, guard);
    report_hint("only a program that sets the container's guards again may enter it, "
                "such as build/exec");
    return -1;
}
