#include "doctor.h"

#include "cgroup.h"
#include "delegation.h"
#include "file.h"
#include "hierarchy.h"
#include "limit.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const controllers[] = {"memory", "cpu", "pids"};

static bool find(const struct doctor_machine *m, const char *controller, struct hierarchy *h)
{
    char proc[PATH_MAX];

    snprintf(proc, sizeof(proc), "%s/proc/self", m->root);
    report_mute(true);
    bool found = hierarchy_find(h, controller, proc) == 0;
    report_mute(false);
    return found;
}

/* The kernel's list at the top of v2; what is not in it no cgroup has. */
static bool is_off_in_v2(const struct hierarchy *h, const char *controller)
{
    char path[PATH_MAX], list[256];

    return h->version == 2 && file_join(path, sizeof(path), h->top, "cgroup.controllers") == 0 &&
           file_read(path, list, sizeof(list)) == 0 && !doctor_has_word(list, controller);
}

/* 1 or 2, or 0 for a controller that is in neither. */
static int version_of(const struct doctor_machine *m, const char *controller)
{
    struct hierarchy h = {0};

    return find(m, controller, &h) && !is_off_in_v2(&h, controller) ? h.version : 0;
}

void doctor_check_cgroup_layout(struct doctor_machine *m, struct doctor_result *r)
{
    static const char *const places[] = {"nowhere", "in v1", "in v2"};
    int memory = version_of(m, "memory"), cpu = version_of(m, "cpu"), pids = version_of(m, "pids");
    bool v1 = memory == 1 || cpu == 1 || pids == 1;
    char own[4096];

    bool v2 = doctor_read(m, "/proc/self/cgroup", own, sizeof(own)) && strstr(own, "0::");
    const char *layout = v1 ? (v2 ? "hybrid" : "v1") : (v2 ? "v2" : "no cgroups");
    doctor_conclude(r, memory && cpu && pids ? DOCTOR_OK : DOCTOR_NOTE,
                    "%s: memory %s, cpu %s, pids %s", layout, places[memory], places[cpu],
                    places[pids]);
}

struct trial {
    const char *controller;
    struct hierarchy h;
};

static int set_limit(const struct trial *t, const char *dir)
{
    static const struct limits defaults;

    if (strcmp(t->controller, "memory") == 0)
        return limit_set_memory(&defaults, dir, t->h.version);
    if (strcmp(t->controller, "cpu") == 0)
        return limit_set_cpu(&defaults, dir, t->h.version);
    return limit_set_pids(&defaults, dir);
}

static int admit_process(struct cgroup *g)
{
    pid_t child = fork();

    if (child < 0)
        return report_errno("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pause();
        _exit(0);
    }
    int result = cgroup_add(g, child);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return result;
}

/* What step04 does, for one controller. */
static int confine(const struct trial *t, struct delegation *d, struct cgroup *g, const char *name)
{
    struct cgroup_part *part = &g->memory; /* any of the three is as good */

    part->version = t->h.version;
    if (part->version == 2 && delegation_claim(d, name) < 0)
        return -1;
    if (file_join(part->dir, sizeof(part->dir), part->version == 2 ? d->base : t->h.own, name) < 0)
        return -1;
    if (mkdir(part->dir, 0755) < 0)
        return report_errno("mkdir %s", part->dir);
    part->made = true;
    return set_limit(t, part->dir) < 0 ? -1 : admit_process(g);
}

static int try_controller(void *arg)
{
    const struct trial *t = arg;
    struct delegation d = {0};
    struct cgroup g = {0};
    char name[32];

    snprintf(name, sizeof(name), "doctor.%d", getpid());
    if (hierarchy_verify(&t->h) < 0)
        return -1;
    int result = confine(t, &d, &g, name);
    if (cgroup_remove(&g) < 0)
        result = -1;
    if (delegation_give_back(&d) < 0)
        result = -1;
    return result;
}

/* A line of /proc/cgroups: "memory 0 1 1", the last number 0 for what is switched off. */
static bool is_off_at_boot(const struct doctor_machine *m, const char *controller)
{
    char list[4096], name[64], *rest = list, *line;
    int on;

    if (!doctor_read(m, "/proc/cgroups", list, sizeof(list)))
        return false;
    while ((line = strsep(&rest, "\n")))
        if (sscanf(line, "%63s %*d %*d %d", name, &on) == 2 && strcmp(name, controller) == 0)
            return on == 0;
    return false;
}

/* A Raspberry Pi's firmware switches the memory controller off; elsewhere somebody did. */
static void lack_switched_off(const struct doctor_machine *m, struct doctor_result *r,
                              const char *controller)
{
    static const char *const firmware[] = {"/boot/firmware/cmdline.txt", "/boot/cmdline.txt"};
    char line[4096], off[64];

    doctor_conclude(r, DOCTOR_LACK,
                    "this kernel has no controller %s, or it was switched off at boot", controller);
    snprintf(off, sizeof(off), "cgroup_disable=%s", controller);
    for (size_t i = 0; i < sizeof(firmware) / sizeof(*firmware); i++)
        if (doctor_read(m, firmware[i], line, sizeof(line))) {
            doctor_cure(r, "sudo sed -i '1 s/$/ cgroup_enable=%s/' %s && sudo reboot", controller,
                        firmware[i]);
            return;
        }
    if (doctor_read(m, "/proc/cmdline", line, sizeof(line)) && doctor_has_word(line, off))
        doctor_cure(r, "sudo sed -i 's/%s//' /etc/default/grub && sudo update-grub && sudo reboot",
                    off);
    else
        doctor_cure_elsewhere(m, r);
}

static void lack_mount(const struct doctor_machine *m, struct doctor_result *r,
                       const char *controller)
{
    doctor_conclude(r, DOCTOR_LACK, "no cgroup hierarchy with the controller %s is mounted",
                    controller);
    if (m->engine)
        doctor_cure_elsewhere(m, r);
    else
        doctor_cure(r, "sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup");
}

/* ENOENT: systemd hands some controllers down to its users, but not all of the three. */
static const char delegate_all[] =
    "sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=cpu memory "
    "pids\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && "
    "sudo systemctl daemon-reload   # then log in again";

static void cure_refusal(const struct doctor_machine *m, const struct trial *t,
                         struct doctor_result *r)
{
    bool systemd = access("/run/systemd/system", F_OK) == 0;

    if (strstr(r->found, "swap"))
        doctor_cure(r, "sudo swapoff -a");
    else if (m->uid == 0)
        doctor_cure_elsewhere(m, r);
    else if (t->h.version == 2 && systemd && strstr(r->found, "ENOENT"))
        doctor_cure(r, "%s", delegate_all);
    else if (t->h.version == 2 && systemd)
        doctor_cure(r, "systemd-run --user --scope -p Delegate=yes build/step04 build/rootfs");
    else
        doctor_cure(r, "sudo build/step04 build/rootfs");
}

/* Step04 enables all three at once, so that one that is off keeps v2 from enabling the others. */
static const char *find_off_in_v2(const struct hierarchy *h)
{
    for (size_t i = 0; i < sizeof(controllers) / sizeof(*controllers); i++)
        if (is_off_in_v2(h, controllers[i]))
            return controllers[i];
    return NULL;
}

static void check_controller(struct doctor_machine *m, struct doctor_result *r,
                             const char *controller)
{
    struct trial t = {.controller = controller};
    bool found = find(m, controller, &t.h);

    if (found ? is_off_in_v2(&t.h, controller) : is_off_at_boot(m, controller))
        lack_switched_off(m, r, controller);
    else if (!found)
        lack_mount(m, r, controller);
    else if (find_off_in_v2(&t.h))
        doctor_conclude(r, DOCTOR_NOTE, "not tried: it needs cgroup-%s", find_off_in_v2(&t.h));
    /* Here, since v2 asks whether the caller is alone in its cgroup. */
    else if (doctor_try_here(try_controller, &t, r))
        doctor_conclude(r, DOCTOR_OK, "%s can be limited, by cgroup v%d", controller, t.h.version);
    else
        cure_refusal(m, &t, r);
}

void doctor_check_cgroup_memory(struct doctor_machine *m, struct doctor_result *r)
{
    check_controller(m, r, "memory");
}

void doctor_check_cgroup_cpu(struct doctor_machine *m, struct doctor_result *r)
{
    check_controller(m, r, "cpu");
}

void doctor_check_cgroup_pids(struct doctor_machine *m, struct doctor_result *r)
{
    check_controller(m, r, "pids");
}
