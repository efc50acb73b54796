#include "runtime.h"

#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif

/* A file that is no memfd has no seals: EINVAL. */
static bool is_sealed(int self)
{
    int seals = fcntl(self, F_GET_SEALS);

    return seals >= 0 && (seals & SEALS) == SEALS;
}

static int make_memfd(void)
{
    int copy = memfd_create("step05", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

    if (copy < 0 && errno == EINVAL)
        copy = memfd_create("step05", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return copy;
}

static int copy_all(int to, int from)
{
    struct stat status;
    ssize_t copied = 1;

    if (fstat(from, &status) < 0)
        return -1;
    for (off_t done = 0; done < status.st_size && copied > 0; done += copied)
        copied = sendfile(to, from, NULL, (size_t)(status.st_size - done));
    return copied > 0 ? 0 : -1;
}

static int start_copy(int self, char **argv)
{
    int copy = make_memfd();

    if (copy < 0)
        return report_errno("memfd_create");
    if (copy_all(copy, self) < 0)
        return report_errno("copy this program to memory");
    if (fcntl(copy, F_ADD_SEALS, SEALS) < 0)
        return report_errno("seal the copy of this program");
    fexecve(copy, argv, environ);
    report_errno("start the copy of this program");
    if (errno == EACCES)
        report_hint("the setting vm.memfd_noexec forbids it: sudo sysctl -w vm.memfd_noexec=1");
    return -1;
}

int runtime_seal(char **argv)
{
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    if (self < 0)
        return report_errno("open /proc/self/exe");
    int result = is_sealed(self) ? 0 : start_copy(self, argv);
    close(self);
    return result;
}
