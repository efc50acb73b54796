#include "inject.h"

#include "calls.h"
#include "registers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PROCESSES = 64, MOST_CALLS = 512, ORPHAN_MS = 3000, TAKE_MS = 60, TICK_US = 20000 };

struct process {
    pid_t pid;    /* 0: this entry is free                                      */
    bool known;   /* the event of its parent has named it                       */
    bool waits;   /* for its name: its own first stop may come before the event */
    bool counted; /* it has not become another program                          */
    bool failing; /* it is in the call that will fail                           */
    bool held;    /* it has stopped, and waits for release()                    */
    int children; /* so far                                                     */
    char name[INJECT_NAME];
    unsigned short seen[MOST_CALLS]; /* how often it made each call */
};

struct tracer {
    const struct plan *plan;
    struct course *course;
    struct process processes[MOST_PROCESSES];
    pid_t program; /* 0 after its end */
    bool started;  /* the first process has become the program */
    bool commanded;
    bool done;                 /* all that was planned has happened */
    long long held_until;      /* 0: nothing is held; see send_signal() */
    long long begin, deadline; /* in ms */
};

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static struct process *find(struct tracer *t, pid_t pid)
{
    for (int i = 0; i < MOST_PROCESSES; i++)
        if (t->processes[i].pid == pid)
            return &t->processes[i];
    return NULL;
}

static struct process *find_or_add(struct tracer *t, pid_t pid)
{
    struct process *p = find(t, pid);

    if (!p && (p = find(t, 0)))
        *p = (struct process){.pid = pid};
    return p;
}

/* A process that has died meanwhile cannot go on: then this fails, and wait(2) tells of its end. */
static void go_on(const struct tracer *t, const struct process *p, int signal)
{
    bool stops = t->started && p->counted && !t->done;

    ptrace(stops ? PTRACE_SYSCALL : PTRACE_CONT, p->pid, 0, (long)signal);
}

static bool is_planned(const struct tracer *t, const struct process *p, int call)
{
    const struct point *point = t->plan->point;

    return point && !t->done && point->call == call && point->nth == p->seen[call] &&
           strcmp(point->process, p->name) == 0;
}

static void note_point(struct tracer *t, const struct process *p, int call)
{
    if (!t->plan->found || t->course->found == t->plan->room || calls_is_left_out(call))
        return;
    struct point *point = &t->plan->found[t->course->found++];
    snprintf(point->process, sizeof(point->process), "%s", p->name);
    point->call = call;
    point->nth = p->seen[call];
}

/*
 * On a busy machine the program gets its turn late. So all others wait a moment at their next stop:
 * none shall become the command before the program has taken the signal.
 */
static void send_signal(struct tracer *t)
{
    t->done = true;
    if (t->program)
        kill(t->program, t->plan->signal);
    if (t->program && t->plan->signal != SIGKILL)
        t->held_until = now_ms() + TAKE_MS;
}

static void release(struct tracer *t)
{
    t->held_until = 0;
    for (int i = 0; i < MOST_PROCESSES; i++)
        if (t->processes[i].pid && t->processes[i].held) {
            t->processes[i].held = false;
            go_on(t, &t->processes[i], 0);
        }
}

static void begin_call(struct tracer *t, struct process *p, int call)
{
    if (call < 0 || call >= MOST_CALLS)
        return;
    p->seen[call]++;
    note_point(t, p, call);
    if (!is_planned(t, p, call))
        return;
    t->course->reached = true;
    t->course->before_command = !t->commanded;
    if (t->plan->signal)
        send_signal(t);
    else
        p->failing = calls_acts_anyway(call) || registers_skip_call(p->pid) == 0;
}

static void end_call(struct tracer *t, struct process *p)
{
    if (!p->failing)
        return;
    registers_set_result(p->pid, -t->plan->error);
    p->failing = false;
    t->done = true;
}

static void on_call(struct tracer *t, struct process *p)
{
    struct __ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) < 0)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
        begin_call(t, p, (int)info.entry.nr);
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
        end_call(t, p);
}

static void on_child(struct tracer *t, struct process *parent)
{
    unsigned long pid = 0;

    ptrace(PTRACE_GETEVENTMSG, parent->pid, 0, &pid);
    struct process *child = find_or_add(t, (pid_t)pid);
    if (!child)
        return;
    snprintf(child->name, sizeof(child->name), "%.*s.%d", INJECT_NAME - 13, parent->name,
             ++parent->children);
    child->known = true;
    child->counted = parent->counted;
    if (child->waits)
        go_on(t, child, 0);
}

static void on_exec(struct tracer *t, struct process *p)
{
    if (p->pid == t->program) {
        t->started = true;
        return;
    }
    if (p->counted && t->plan->look && t->plan->look(p->pid, t->plan->arg))
        t->commanded = true;
    p->counted = false;
}

static void on_stop(struct tracer *t, struct process *p, int status)
{
    int signal = WSTOPSIG(status), event = status >> 16;

    if (!p->known) {
        p->waits = true;
        return;
    }
    if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) { /* a stop by job control stays one */
        ptrace(PTRACE_LISTEN, p->pid, 0, 0);
        return;
    }
    if (event == PTRACE_EVENT_EXEC)
        on_exec(t, p);
    else if (event != 0 && event != PTRACE_EVENT_STOP)
        on_child(t, p);
    else if (signal == (SIGTRAP | 0x80))
        on_call(t, p);
    bool is_ours = event || signal == (SIGTRAP | 0x80); /* and no signal to pass on */
    p->held = is_ours && t->held_until && p->pid != t->program;
    if (!p->held)
        go_on(t, p, is_ours ? 0 : signal);
}

/* A parent that was killed may have had no time to name its child. */
static void free_unnamed(struct tracer *t)
{
    for (int i = 0; i < MOST_PROCESSES; i++) {
        struct process *p = &t->processes[i];

        if (p->pid && p->waits && !p->known) {
            p->known = true;
            go_on(t, p, 0);
        }
    }
}

static void on_end(struct tracer *t, struct process *p, int status)
{
    if (p->pid == t->program) {
        t->course->status = status;
        t->course->ms = now_ms() - t->begin;
        t->program = 0;
        t->deadline = now_ms() + ORPHAN_MS;
    }
    p->pid = 0;
    free_unnamed(t);
}

static void kill_all(struct tracer *t)
{
    t->course->hung = t->program != 0;
    for (int i = 0; i < MOST_PROCESSES; i++)
        if (t->processes[i].pid) {
            t->course->orphans += t->program == 0;
            kill(t->processes[i].pid, SIGKILL);
        }
    t->deadline = now_ms() + INJECT_HANG_MS;
}

static void on_tick(int signal)
{
    (void)signal; /* waitpid(2) returns, so that follow() can look at the clock */
}

static void tick(long us)
{
    const struct itimerval each = {{0, us}, {0, us}};

    setitimer(ITIMER_REAL, &each, NULL);
}

/* Until no process is left. We inherit those whose parent has ended. */
static void follow(struct tracer *t)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, __WALL);

        if (pid < 0 && errno == ECHILD)
            break;
        if (pid > 0) {
            struct process *p = find_or_add(t, pid);

            if (p && WIFSTOPPED(status))
                on_stop(t, p, status);
            else if (p)
                on_end(t, p, status);
        }
        if (t->held_until && now_ms() > t->held_until)
            release(t);
        if (now_ms() > t->deadline)
            kill_all(t);
    }
}

/* The child waits for the end of the pipe, so that it is traced before it becomes the program. */
static pid_t start(const struct plan *plan)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    int gate[2];
    char byte;

    if (pipe2(gate, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        close(gate[1]);
        if (read(gate[0], &byte, 1) == 1)
            plan->become(plan->arg);
        _exit(99);
    }
    close(gate[0]);
    bool traced = pid > 0 && ptrace(PTRACE_SEIZE, pid, 0, options) == 0;
    if (traced && write(gate[1], "", 1) != 1)
        traced = false;
    close(gate[1]);
    return traced ? pid : -1;
}

int inject_run(const struct plan *plan, struct course *course)
{
    static struct tracer t;
    const struct sigaction wake = {.sa_handler = on_tick};

    *course = (struct course){0};
    t = (struct tracer){.plan = plan, .course = course, .begin = now_ms()};
    t.deadline = t.begin + INJECT_HANG_MS;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigaction(SIGALRM, &wake, NULL);
    t.program = start(plan);
    if (t.program < 0)
        return -1;
    t.processes[0] =
        (struct process){.pid = t.program, .known = true, .counted = true, .name = "0"};
    tick(TICK_US);
    follow(&t);
    tick(0);
    return 0;
}
