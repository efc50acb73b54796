#include "doctor.h"

#include "cgroup.h"
#include "delegation.h"
#include "hierarchy.h"
#include "limit.h"
#include "process.h"

#include <sys/stat.h>

/* Returns the version of the hierarchy in which a cgroup can have the controller, or 0. Where v2 is
 * the only place for it, and the kernel has it switched off, h->version is 2 all the same. */
static int find(const struct doctor_machine *m, const char *controller, struct hierarchy *h)
{
    char path[PATH_MAX], list[256];

    report_mute(true);
    if (hierarchy_find(h, controller, doctor_path(m, "/proc/self")) < 0)
        h->version = 0;
    report_mute(false);
    /* The kernel's list at the top of v2. */
    if (h->version == 2 && file_join(path, sizeof(path), h->top, "cgroup.controllers") == 0 &&
        file_read(path, list, sizeof(list)) == 0 && !hierarchy_list_has(list, " ", controller))
        return 0;
    return h->version;
}

enum doctor_state doctor_check_cgroup_layout(struct doctor_machine *m, struct doctor_result *r)
{
    static const char *const places[] = {"nowhere", "in v1", "in v2"};
    struct hierarchy h;
    int memory = find(m, "memory", &h), cpu = find(m, "cpu", &h), pids = find(m, "pids", &h);
    bool v1 = memory == 1 || cpu == 1 || pids == 1;
    bool v2 = strstr(doctor_read(m, "/proc/self/cgroup"), "0::");

    const char *layout = v1 ? (v2 ? "hybrid" : "v1") : (v2 ? "v2" : "no cgroups");
    return doctor_conclude(r, memory && cpu && pids ? DOCTOR_OK : DOCTOR_NOTE,
                           "%s: memory %s, cpu %s, pids %s", layout, places[memory], places[cpu],
                           places[pids]);
}

struct trial {
    const char *controller;
    struct hierarchy h;
    struct delegation d;
    struct cgroup g;
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

static int move_in(void *g)
{
    return cgroup_add(g, getpid()) < 0;
}

/* What step04 does, for one controller. */
static int confine(struct trial *t)
{
    struct cgroup_part *part = &t->g.memory; /* any of the three is as good */
    char name[32];

    snprintf(name, sizeof(name), "doctor.%d", getpid());
    if (hierarchy_verify(&t->h) < 0 || (t->h.version == 2 && delegation_claim(&t->d, name, -1) < 0))
        return -1;
    const char *parent = t->h.version == 2 ? t->d.base : t->h.own;
    if (file_join(part->dir, sizeof(part->dir), parent, name) < 0)
        return -1;
    if (mkdir(part->dir, 0755) < 0)
        return report_errno("mkdir %s", part->dir);
    part->made = true;
    return set_limit(t, part->dir) < 0 ? -1 : process_run(move_in, &t->g);
}

static int try_controller(void *arg)
{
    struct trial *t = arg;
    int result = confine(t), removed = cgroup_remove(&t->g);

    return delegation_give_back(&t->d) < 0 || removed < 0 ? -1 : result;
}

/* A line of /proc/cgroups: "memory 0 1 1", the last number 0 for what is switched off. */
static bool is_off_at_boot(const struct doctor_machine *m, const char *controller)
{
    char start[64];
    int on = 1;

    snprintf(start, sizeof(start), "\n%s\t", controller);
    const char *line = strstr(doctor_read(m, "/proc/cgroups"), start);
    return line && sscanf(line, "%*s %*d %*d %d", &on) == 1 && on == 0;
}

/* The firmware of a Raspberry Pi switches memory off; elsewhere an option of the kernel does. */
static enum doctor_state cure_off(struct doctor_machine *m, struct doctor_result *r,
                                  const char *controller)
{
    static const char *const firmware[] = {"/boot/firmware/cmdline.txt", "/boot/cmdline.txt"};
    char off[64];

    for (int i = 0; i < 2; i++)
        if (access(doctor_path(m, firmware[i]), R_OK) == 0)
            return doctor_cure(r, "sudo sed -i '1 s/$/ cgroup_enable=%s/' %s && sudo reboot",
                               controller, firmware[i]);
    snprintf(off, sizeof(off), "cgroup_disable=%s", controller);
    if (!hierarchy_list_has(doctor_read(m, "/proc/cmdline"), " \t", off))
        return r->state;
    return doctor_cure(
        r, "sudo sed -i 's/%s//' /etc/default/grub && sudo update-grub && sudo reboot", off);
}

static enum doctor_state cure_refusal(struct doctor_machine *m, struct doctor_result *r,
                                      int version)
{
    if (strstr(r->found, "swap"))
        return doctor_cure(r, "sudo swapoff -a");
    if (m->uid == 0)
        return r->state;
    if (version == 1 || access("/run/systemd/system", F_OK) < 0)
        return doctor_cure(r, "sudo build/step04 build/rootfs");
    if (strstr(r->found, "ENOENT")) /* systemd hands some controllers down, but not all three */
        return doctor_cure(r, "sudo mkdir -p /etc/systemd/system/user@.service.d && "
                              "printf '[Service]\\nDelegate=cpu memory pids\\n' | "
                              "sudo tee /etc/systemd/system/user@.service.d/delegate.conf && "
                              "sudo systemctl daemon-reload   # then log in again");
    return doctor_cure(r, "systemd-run --user --scope -p Delegate=yes build/step04 build/rootfs");
}

enum doctor_state doctor_check_controller(struct doctor_machine *m, struct doctor_result *r)
{
    static const char *const all[] = {"memory", "cpu", "pids"};
    struct trial t = {.controller = m->check->code + strlen("cgroup-")};
    int version = find(m, t.controller, &t.h);
    struct hierarchy h;

    if (!version && (t.h.version == 2 || is_off_at_boot(m, t.controller))) {
        doctor_lack(r, "this kernel has no controller %s, or it was switched off at boot",
                    t.controller);
        return cure_off(m, r, t.controller);
    }
    if (!version) {
        doctor_lack(r, "no cgroup hierarchy with the controller %s is mounted", t.controller);
        return m->nested ? r->state
                         : doctor_cure(r, "sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup");
    }
    /* Step04 enables all three at once, and v2 then refuses all when one is off. */
    for (int i = 0; version == 2 && i < 3; i++)
        if (!find(m, all[i], &h) && h.version == 2)
            return doctor_note(r, "not tried: it needs cgroup-%s", all[i]);
    /* In v2 this process must be alone in its cgroup, so a child cannot try it. */
    if (doctor_try(DOCTOR_ITSELF, try_controller, &t, r))
        return doctor_ok(r, "%s can be limited, by cgroup v%d", t.controller, version);
    return cure_refusal(m, r, version);
}
