#include "terminal.h"

#include "report.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <unistd.h>

bool terminal_is_hung_up(int fd)
{
    struct pollfd entry = {fd, 0, 0};
    int error = errno, unread = 0;
    bool is = poll(&entry, 1, 0) == 1 && (entry.revents & POLLHUP);

    ioctl(fd, FIONREAD, &unread); /* fails after a hangup */
    errno = error;
    return is && unread == 0;
}

int terminal_check(int fd)
{
    if (isatty(fd))
        return 1;
    if (errno == ENOTTY || errno == EINVAL || (errno == EIO && terminal_is_hung_up(fd)))
        return 0;
    return report_errno("look at descriptor %d", fd);
}

bool terminal_is_in_foreground(int fd)
{
    pid_t group = tcgetpgrp(fd);

    return group < 0 || group == getpgrp();
}
