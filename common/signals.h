/*
 * signals: what others ask of this program, held back until there is time for it.
 *
 * A signal that ends this program half way would leave folders, mounts and cgroups. So it blocks
 * all signals and takes them one by one. Only SIGKILL and SIGSTOP cannot be held. Not held are the
 * signals of a fault in this program (SIGSEGV, SIGABRT, ...), those that stop and continue a job
 * (SIGTSTP, SIGCONT, ...), and those that the caller ignores (nohup). See signal(7).
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <time.h>

/* Holds the signals from here on. Returns 0, or -1 after a report. */
int signals_hold(void);

/*
 * In a child: gives it the mask and the dispositions that the caller of this program had. Returns
 * 0, or -1 after a report.
 */
int signals_give_back(void);

/*
 * Takes the next held signal, or SIGCHLD when a child has ended. `limit` is how long it waits; NULL
 * for ever. Returns the signal, or -1 with errno and no report: EAGAIN when the time is over.
 */
int signals_take(siginfo_t *info, const struct timespec *limit);

/* Tells whether a signal asks to stop: SIGINT, SIGQUIT, SIGTERM and SIGHUP do. */
bool signals_ask_to_stop(int sig);

/* Tells whether this program was asked to stop, also if the signal is not taken yet. */
bool signals_was_asked_to_stop(void);

/* Ends this program by SIGINT, so that the caller's shell sees it. Returns if that failed. */
void signals_die_of_interrupt(void);

#endif
