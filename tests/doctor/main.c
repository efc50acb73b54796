#include "doctor.h"

#include "file.h"
#include "process.h"
#include "report.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ONLY_ROOT = 1 << DOCTOR_ROOT, ONLY_USER = 1 << DOCTOR_USER, BOTH = ONLY_ROOT | ONLY_USER };

/* The order counts: nested, scratch and userns find out what later checks use. */
static const struct doctor_check checks[] = {
    {"kernel-version", BOTH, "", doctor_check_kernel_version},
    {"architecture", BOTH, "", doctor_check_architecture},
    {"wsl", BOTH, "", doctor_check_wsl},
    {"nested", BOTH, "", doctor_check_nested},
    {"chroot", BOTH, "12", doctor_check_attempt},
    {"scratch", BOTH, "2345", doctor_check_scratch},
    {"scratch-overlay", BOTH, "234", doctor_check_scratch_overlay},
    {"overlay-root", ONLY_ROOT, "2", doctor_check_attempt},
    {"clone3", BOTH, "345", doctor_check_clone3},
    {"userns", BOTH, "345", doctor_check_attempt},
    {"userns-sysctl", BOTH, "345", doctor_check_userns_sysctl},
    {"apparmor-userns", ONLY_USER, "345", doctor_check_apparmor_userns},
    {"overlay-user", BOTH, "345", doctor_check_attempt},
    {"proc-mount", BOTH, "345", doctor_check_attempt},
    {"cgroup-layout", BOTH, "", doctor_check_cgroup_layout},
    {"cgroup-memory", BOTH, "4", doctor_check_controller},
    {"cgroup-cpu", BOTH, "4", doctor_check_controller},
    {"cgroup-pids", BOTH, "4", doctor_check_controller},
    {"cgroup-namespace", BOTH, "45", doctor_check_attempt},
    {"close-range", BOTH, "5", doctor_check_close_range},
    {"pivot-root", BOTH, "5", doctor_check_attempt},
    {"sysfs-mount", BOTH, "5", doctor_check_attempt},
    {"devices", BOTH, "5", doctor_check_attempt},
    {"seccomp", BOTH, "5", doctor_check_attempt},
    {"subuid", ONLY_USER, "5", doctor_check_subuid},
    {"newuidmap", BOTH, "5", doctor_check_newuidmap},
    {"idmapped-mounts", ONLY_ROOT, "5", doctor_check_attempt},
    {"mount-api", BOTH, "5", doctor_check_mount_api},
    {"qemu", BOTH, "", doctor_check_qemu},
    {"kvm", BOTH, "", doctor_check_kvm},
};

enum { CHECKS = sizeof(checks) / sizeof(*checks) };

static struct doctor_result results[CHECKS][2];

static void examine(struct doctor_findings *f, enum doctor_who who, struct doctor_machine *m)
{
    for (size_t i = 0; i < CHECKS; i++)
        if (checks[i].about & 1U << who)
            doctor_make_check(&checks[i], m, &results[i][who]);
    if (*m->work)
        file_remove_tree(m->work);
    f->tried[who] = true;
}

/* Root comes first, since there is no way back from an ordinary user. */
static void examine_as_root(struct doctor_findings *f, struct doctor_machine *user)
{
    struct doctor_machine root = {.root = "", .user = "root"};

    examine(f, DOCTOR_ROOT, &root);
    doctor_person_ordinary(user);
    if (doctor_person_become(user) == 0)
        examine(f, DOCTOR_USER, user);
}

static int print_usage(int status)
{
    fputs("usage: doctor [--json]\n"
          "  tells which of the five steps run on this machine, and how to get what it lacks\n",
          stderr);
    return status;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'}, {"json", no_argument, NULL, 'j'}, {0}};
    struct doctor_machine user = {.root = ""};
    struct doctor_findings f = {checks, CHECKS, results, .user = user.user};
    enum doctor_who caller = geteuid() == 0 ? DOCTOR_ROOT : DOCTOR_USER;
    void (*print)(FILE *, const struct doctor_findings *) = doctor_print_text;
    int option;

    report_program("doctor");
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option != 'j')
            return print_usage(option == 'h' ? 0 : EXIT_USAGE);
        print = doctor_print_json;
    }
    if (optind < argc)
        return print_usage(EXIT_USAGE);

    if (process_prepare() < 0)
        return 1;
    if (caller == DOCTOR_ROOT) {
        examine_as_root(&f, &user);
    } else {
        doctor_person_by_uid(&user, geteuid(), getegid());
        examine(&f, DOCTOR_USER, &user);
    }
    print(stdout, &f);
    if (fflush(stdout) != 0) {
        report_errno("write the report");
        return 1;
    }
    return strcmp(doctor_steps_that_run(&f, caller), DOCTOR_STEPS) == 0 ? 0 : 1;
}
