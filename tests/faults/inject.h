/*
 * inject: runs a program and all its children under ptrace(2), and lets one system call fail, or
 * sends a signal to the program at one system call.
 *
 * The program itself is process "0", its second child "0.2", the first child of that "0.2.1". Each
 * process counts its own calls, so a point has the same name in every run, however the processes
 * take turns: "0.2 mkdir#3" is the third mkdir(2) of process 0.2.
 *
 * A child stops being counted when it becomes another program: the container's command, or
 * newuidmap(1). The program itself is counted to its end, also when it starts itself again.
 */
#ifndef INJECT_H
#define INJECT_H

#include <stdbool.h>
#include <sys/types.h>

enum { INJECT_NAME = 24 };

struct point {
    char process[INJECT_NAME];
    int call; /* the number of the system call */
    int nth;  /* 1 is the first such call of the process */
};

/* What to do: nothing, or an error or a signal at a point. */
struct plan {
    const struct point *point;
    int error;  /* the call fails with this errno, or 0 */
    int signal; /* the program gets this signal as the call begins, or 0 */

    struct point *found; /* if not NULL: gets all points of the run, at most `room` */
    int room;

    /* Becomes the program, in a child. It does not return. */
    void (*become)(void *arg);
    /* A child has become another program. Returns whether it is the container's command. */
    bool (*look)(pid_t pid, void *arg);
    void *arg;
};

struct course {
    bool reached;        /* the plan's point                                       */
    bool before_command; /* when it was reached, no child had become the command   */
    bool hung;           /* it was killed after INJECT_HANG_MS                     */
    int orphans;         /* processes that were still there after its end          */
    int status;          /* of wait(2)                                             */
    long long ms;        /* the time that it took                                  */
    int found;           /* points                                                 */
};

enum { INJECT_HANG_MS = 12000 };

/* Runs the plan. Afterwards no process of it is left. Returns 0, or -1 with errno. */
int inject_run(const struct plan *plan, struct course *course);

#endif
