#include "parcel.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

struct parcel {
    char byte;
    struct iovec bytes;
    _Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))]; /* for one descriptor */
};

static struct msghdr make_message(struct parcel *p, size_t room)
{
    *p = (struct parcel){.bytes = {&p->byte, sizeof(p->byte)}};
    return (struct msghdr){
        .msg_iov = &p->bytes, .msg_iovlen = 1, .msg_control = p->room, .msg_controllen = room};
}

int parcel_send(int socket, int fd)
{
    struct parcel p;
    struct msghdr message = make_message(&p, fd < 0 ? 0 : sizeof(p.room));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    if (header) {
        *header = (struct cmsghdr){CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int parcel_receive(int socket, int *fd)
{
    struct parcel p;
    struct msghdr message = make_message(&p, sizeof(p.room));
    ssize_t length;

    *fd = -1;
    do
        length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    if (length <= 0)
        return (int)length;
    if (message.msg_flags & MSG_CTRUNC) { /* so the kernel leaves out what finds no room */
        errno = EMFILE;
        return -1;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(header), sizeof(*fd));
    return 1;
}
