#include "room.h"

#include "report.h"

#include <errno.h>
#include <sys/resource.h>

enum { LEAST_FILES = 32, LEAST_STACK_KIB = 256 };

int room_check(void)
{
    struct rlimit files, stack;

    if (getrlimit(RLIMIT_STACK, &stack) < 0 || getrlimit(RLIMIT_NOFILE, &files) < 0)
        return report_errno("getrlimit");
    if (stack.rlim_cur / 1024 < LEAST_STACK_KIB) {
        errno = EAGAIN;
        report_error("the stack may have %llu KiB, and needs %d",
                     (unsigned long long)stack.rlim_cur / 1024, LEAST_STACK_KIB);
        report_hint("ulimit -s 8192");
        return -1;
    }
    if (files.rlim_cur < LEAST_FILES) {
        errno = EMFILE;
        report_errno("open files: %llu are allowed, and %d are needed",
                     (unsigned long long)files.rlim_cur, LEAST_FILES);
        report_hint("ulimit -n 1024");
        return -1;
    }
    return 0;
}
