#include "loopback.h"

#include "file.h"
#include "report.h"

#include <net/if.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int loopback_up(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    cleanup_fd int any_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (any_socket < 0)
        return report_errno("socket");
    explain("ip", "link", "set", "lo", "up", NULL);
    if (ioctl(any_socket, SIOCSIFFLAGS, &request) < 0)
        return report_errno("bring the interface lo up");
    return 0;
}
