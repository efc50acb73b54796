#include "gate.h"

#include "file.h"
#include "parcel.h"
#include "report.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static int launchers_end = -1, childs_end = -1;
static int given = -1; /* a descriptor that goes through the gate */

int gate_make(void)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return report_errno("socketpair for the gate");
    launchers_end = ends[0];
    childs_end = ends[1];
    return 0;
}

void gate_take_launchers_end(void)
{
    file_close(&childs_end);
    childs_end = -1;
}

void gate_take_childs_end(void)
{
    file_close(&launchers_end);
    launchers_end = -1;
}

void gate_give(int fd)
{
    given = fd;
}

int gate_admit(void)
{
    int result = parcel_send(launchers_end, given);

    file_close(&given);
    given = -1;
    /* EPIPE: the child is dead. It has said why, and the launcher will wait for it. */
    if (result < 0 && errno != EPIPE)
        return report_errno("let the child go on");
    return 0;
}

int gate_wait(void)
{
    int received = parcel_receive(childs_end, &given);

    if (received < 0)
        return report_errno("wait at the gate");
    return received > 0 ? 0 : -1;
}

int gate_given(void)
{
    return given;
}

int gate_die_with_launcher(void)
{
    struct pollfd gate = {.fd = childs_end, .events = POLLIN};

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return report_errno("prctl PR_SET_PDEATHSIG");
    /* It may have died before prctl(2). getppid(2) does not tell: in a new PID namespace it is 0.
     */
    if (poll(&gate, 1, 0) < 0)
        return report_errno("poll the gate");
    if (gate.revents & (POLLHUP | POLLNVAL))
        return report_error("the parent died before its child began");
    return 0;
}

int gate_tell(int sig)
{
    unsigned char byte = (unsigned char)sig;

    if (send(childs_end, &byte, sizeof(byte), MSG_NOSIGNAL) < 0)
        return report_errno("tell the launcher");
    return 0;
}

bool gate_has_begun(void)
{
    struct pollfd gate = {.fd = launchers_end, .events = POLLIN};

    return poll(&gate, 1, 0) > 0;
}

int gate_signal(void)
{
    unsigned char told[2];

    /* The first byte tells that the command has begun. */
    return recv(launchers_end, told, sizeof(told), MSG_DONTWAIT) == sizeof(told) ? told[1] : 0;
}

int gate_descriptor(void)
{
    return childs_end;
}
