#include "check.h"
#include "loopback.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>

enum { A_SOCKET = 500 };

static int socket_error, ioctl_error, closed;
static struct ifreq request;

int __wrap_socket(int domain, int type, int protocol)
{
    return socket_error ? refuse(socket_error) : A_SOCKET;
}

int __wrap_ioctl(int fd, unsigned long command, struct ifreq *argument)
{
    assert_int_equal(fd, A_SOCKET);
    assert_int_equal(command, SIOCSIFFLAGS);
    request = *argument;
    return refuse(ioctl_error);
}

int __real_close(int fd);
int __wrap_close(int fd)
{
    closed += fd == A_SOCKET;
    return fd == A_SOCKET ? 0 : __real_close(fd);
}

static int bring_up(int error_of_socket, int error_of_ioctl)
{
    socket_error = error_of_socket;
    ioctl_error = error_of_ioctl;
    closed = 0;
    return CATCH(loopback_up());
}

static void loopback_up_sets_the_flag_of_lo(void **state)
{
    assert_int_equal(bring_up(0, 0), 0);
    assert_string_equal(caught, "");
    assert_string_equal(request.ifr_name, "lo");
    assert_true(request.ifr_flags & IFF_UP);
    assert_int_equal(closed, 1);
}

static void loopback_up_reports_a_refused_socket(void **state)
{
    assert_int_equal(bring_up(EMFILE, 0), -1);
    assert_int_equal(errno, EMFILE);
    assert_string_equal(caught, "container: socket: EMFILE (Too many open files)\n");
}

static void loopback_up_reports_a_refused_flag_and_keeps_its_errno(void **state)
{
    assert_int_equal(bring_up(0, EPERM), -1);
    assert_int_equal(errno, EPERM);
    assert_string_equal(caught,
                        "container: bring the interface lo up: EPERM (Operation not permitted)\n");
    assert_int_equal(closed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_up_sets_the_flag_of_lo),
        cmocka_unit_test(loopback_up_reports_a_refused_socket),
        cmocka_unit_test(loopback_up_reports_a_refused_flag_and_keeps_its_errno),
    };
    return check_run(tests);
}
