/* Things that the whole machine shares, unless a namespace gives a container its own. */
#include "attack.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* 8: an abstract socket has a name that begins with NUL, and no file that a mount could hide. */
static int abstract_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = (socklen_t)(sizeof(address.sun_family) + 1 + strlen(host.secret));

    strcpy(address.sun_path + 1, host.secret);
    return connect(open_socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, length);
}

/* 8: many services trust whoever comes from 127.0.0.1. */
static int loopback(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtol(host.argument, NULL, 10)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return connect(open_socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&address,
                   sizeof(address));
}

/* 9: System V shared memory has a number for a name, and no file. */
static int shared_memory(void)
{
    int id = shmget((key_t)strtol(host.argument, NULL, 10), 0, 0);

    return id < 0 ? -1 : shmctl(id, IPC_STAT, &(struct shmid_ds){0});
}

/* 9: POSIX message queues are in a file system, but their names are not paths. */
static int message_queue(void)
{
    return opened(mq_open(format("/attacks.%s", host.argument), O_RDWR));
}

/* 10: sethostname(2) names the machine. Its name is in the logs and the certificates of all. */
static int hostname(void)
{
    return sethostname("attacked", strlen("attacked"));
}

const struct attack namespace_attacks[] = {
    {"abstract_socket", abstract_socket}, {"loopback", loopback}, {"shared_memory", shared_memory},
    {"message_queue", message_queue},     {"hostname", hostname}, {0},
};
