/* What a C library does with system calls of its own choice: each line is a call that must work. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <pty.h>
#include <pwd.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static int failed;

static void check(int ok, const char *what)
{
    if (!ok)
        printf("%s: %s\n", what, strerror(errno));
    failed += !ok;
}

#define CHECK(call) check((call), #call)

static void *set(void *value)
{
    *(int *)value = 7;
    return NULL;
}

static void check_processes(void)
{
    char *words[] = {"true", NULL}, line[8] = "";
    int value = 0, status;
    pthread_t thread;
    pid_t pid;

    CHECK(pthread_create(&thread, NULL, set, &value) == 0);
    CHECK(pthread_join(thread, NULL) == 0 && value == 7);
    CHECK(posix_spawnp(&pid, "true", NULL, NULL, words, environ) == 0);
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK((pid = fork()) >= 0);
    if (pid == 0)
        _exit(3);
    CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
    FILE *pipe = popen("echo said", "r");
    CHECK(pipe && fgets(line, sizeof(line), pipe) && strcmp(line, "said\n") == 0);
    CHECK(pclose(pipe) == 0);
    CHECK(WEXITSTATUS(system("exit 4")) == 4);
    CHECK(nice(1) != -1);
}

static void check_names(void)
{
    struct addrinfo *address;
    char host[64];

    CHECK(gethostname(host, sizeof(host)) == 0);
    CHECK(getaddrinfo(host, "80", NULL, &address) == 0);
    CHECK(getpwnam("root") != NULL);
    CHECK(seteuid(getuid()) == 0 && setegid(getgid()) == 0);
}

static void check_descriptors(void)
{
    char folder[] = "/tmp/XXXXXX", bytes[8];
    int main, sub, pair[2];
    struct statvfs status;

    CHECK(openpty(&main, &sub, NULL, NULL, NULL) == 0);
    CHECK(pipe2(pair, O_CLOEXEC) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(epoll_create1(0) >= 0 && eventfd(0, 0) >= 0 && inotify_init() >= 0);
    CHECK(timerfd_create(CLOCK_MONOTONIC, 0) >= 0);
    CHECK(open("/dev/stdout", O_WRONLY) >= 0);
    CHECK(shm_open("/memory", O_CREAT | O_RDWR, 0600) >= 0);
    CHECK(mkdtemp(folder) && rmdir(folder) == 0);
    CHECK(statvfs("/", &status) == 0);
    CHECK(getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes));
}

static void check_waiting(void)
{
    const struct timespec moment = {.tv_nsec = 1000};
    sem_t *semaphore = sem_open("/one", O_CREAT, 0600, 1);

    CHECK(semaphore != SEM_FAILED && sem_wait(semaphore) == 0);
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL) == 0);
    CHECK(sched_yield() == 0);
}

int main(void)
{
    check_processes();
    check_names();
    check_descriptors();
    check_waiting();
    printf("%d failed\n", failed);
    return failed > 0;
}
