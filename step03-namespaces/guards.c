#include "guards.h"

#include "file.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

int guards_read_own(struct status *own)
{
    cleanup_fd int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

    return proc < 0 || status_read(proc, own) < 0 ? report_errno("read /proc/self/status") : 0;
}

/* A machine may guard all of its programs. What the caller has too is not lost by entering. */
static const char *find_guard(const struct status *theirs, const struct status *own)
{
    if (theirs->mode > own->mode || theirs->filters > own->filters)
        return "a filter of system calls";
    if (theirs->no_new_privs > own->no_new_privs)
        return "no_new_privs";
    if (own->bounding & ~theirs->bounding)
        return "a smaller bounding set of capabilities";
    return NULL;
}

int guards_refuse(const struct status *own, int proc, int pid)
{
    struct status theirs;

    if (status_read(proc, &theirs) < 0)
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
