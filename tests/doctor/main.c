#include "doctor.h"

#include "file.h"
#include "process.h"
#include "report.h"

#include <getopt.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Those after nested, scratch and userns use what these learn. */
static const struct doctor_check checks[] = {
    {"kernel-version", true, true, 0, doctor_check_kernel_version},
    {"architecture", true, true, 0, doctor_check_architecture},
    {"wsl", true, true, 0, doctor_check_wsl},
    {"nested", true, true, 0, doctor_check_nested},
    {"chroot", true, true, DOCTOR_STEP(1) + DOCTOR_STEP(2), doctor_check_chroot},
    {"scratch", true, true, DOCTOR_STEP(2) + DOCTOR_STEP(3) + DOCTOR_STEP(4) + DOCTOR_STEP(5),
     doctor_check_scratch},
    {"scratch-overlay", true, true, DOCTOR_STEP(2) + DOCTOR_STEP(3) + DOCTOR_STEP(4),
     doctor_check_scratch_overlay},
    {"overlay-root", true, false, DOCTOR_STEP(2), doctor_check_overlay_root},
    {"clone3", true, true, DOCTOR_STEP(3) + DOCTOR_STEP(4) + DOCTOR_STEP(5), doctor_check_clone3},
    {"userns", true, true, DOCTOR_STEP(3) + DOCTOR_STEP(4) + DOCTOR_STEP(5), doctor_check_userns},
    {"userns-sysctl", true, true, DOCTOR_STEP(3) + DOCTOR_STEP(4) + DOCTOR_STEP(5),
     doctor_check_userns_sysctl},
    {"apparmor-userns", false, true, DOCTOR_STEP(3) + DOCTOR_STEP(4) + DOCTOR_STEP(5),
     doctor_check_apparmor_userns},
    {"overlay-user", true, true, DOCTOR_STEP(3) + DOCTOR_STEP(4) + DOCTOR_STEP(5),
     doctor_check_overlay_user},
    {"proc-mount", true, true, DOCTOR_STEP(3) + DOCTOR_STEP(4) + DOCTOR_STEP(5),
     doctor_check_proc_mount},
    {"cgroup-layout", true, true, 0, doctor_check_cgroup_layout},
    {"cgroup-memory", true, true, DOCTOR_STEP(4), doctor_check_cgroup_memory},
    {"cgroup-cpu", true, true, DOCTOR_STEP(4), doctor_check_cgroup_cpu},
    {"cgroup-pids", true, true, DOCTOR_STEP(4), doctor_check_cgroup_pids},
    {"cgroup-namespace", true, true, DOCTOR_STEP(4) + DOCTOR_STEP(5),
     doctor_check_cgroup_namespace},
    {"close-range", true, true, DOCTOR_STEP(5), doctor_check_close_range},
    {"pivot-root", true, true, DOCTOR_STEP(5), doctor_check_pivot_root},
    {"sysfs-mount", true, true, DOCTOR_STEP(5), doctor_check_sysfs_mount},
    {"devices", true, true, DOCTOR_STEP(5), doctor_check_devices},
    {"seccomp", true, true, DOCTOR_STEP(5), doctor_check_seccomp},
    {"subuid", false, true, DOCTOR_STEP(5), doctor_check_subuid},
    {"newuidmap", true, true, DOCTOR_STEP(5), doctor_check_newuidmap},
    {"idmapped-mounts", true, false, DOCTOR_STEP(5), doctor_check_idmapped_mounts},
    {"mount-api", true, true, DOCTOR_STEP(5), doctor_check_mount_api},
    {"qemu", true, true, 0, doctor_check_qemu},
    {"kvm", true, true, 0, doctor_check_kvm},
};

enum { CHECKS = sizeof(checks) / sizeof(*checks) };

static void examine(struct doctor_findings *f, enum doctor_who who,
                    const struct doctor_person *person)
{
    struct doctor_machine m = {.root = "", .user = person->name, .uid = person->uid};

    for (size_t i = 0; i < f->count; i++)
        if (who == DOCTOR_ROOT ? checks[i].for_root : checks[i].for_user)
            checks[i].examine(&m, &f->results[i][who]);
    if (*m.work)
        file_remove_tree(m.work);
    f->tried[who] = true;
}

/* In a child, since there is no way back from an ordinary user to root. */
static bool examine_as(struct doctor_findings *f, const struct doctor_person *person)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        if (doctor_person_become(person) < 0)
            _exit(1);
        examine(f, DOCTOR_USER, person);
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static bool examine_all(struct doctor_findings *f, struct doctor_person *person)
{
    static const struct doctor_person root = {.name = "root"};

    f->user = person->name;
    if (geteuid() != 0) {
        doctor_person_by_uid(person, "", geteuid(), getegid());
        examine(f, DOCTOR_USER, person);
        return doctor_steps_that_run(f, DOCTOR_USER) == DOCTOR_STEP_ALL;
    }
    doctor_person_ordinary(person, "");
    examine(f, DOCTOR_ROOT, &root);
    f->tried[DOCTOR_USER] = examine_as(f, person);
    return doctor_steps_that_run(f, DOCTOR_ROOT) == DOCTOR_STEP_ALL;
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
    struct doctor_findings f = {.checks = checks, .count = CHECKS};
    void (*print)(FILE *, const struct doctor_findings *) = doctor_print_text;
    struct doctor_person person;
    int option;

    report_program("doctor");
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option != 'j')
            return print_usage(option == 'h' ? 0 : EXIT_USAGE);
        print = doctor_print_json;
    }
    if (optind < argc)
        return print_usage(EXIT_USAGE);

    /* Shared with the child that is another user. */
    f.results = mmap(NULL, CHECKS * sizeof(*f.results), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (f.results == MAP_FAILED) {
        report_errno("mmap");
        return 1;
    }
    if (process_hold_signals() < 0)
        return 1;
    bool all = examine_all(&f, &person);
    print(stdout, &f);
    if (fflush(stdout) != 0) {
        report_errno("write the report");
        return 1;
    }
    return all ? 0 : 1;
}
