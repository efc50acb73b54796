#include "doctor.h"

#include "privilege.h"
#include "process.h"

#include <getopt.h>

static void examine(struct doctor_machine *m, enum doctor_who who)
{
    for (struct doctor_check *check = doctor_checks; check->code; check++)
        if (check->about == who || check->about == DOCTOR_BOTH)
            doctor_make_check(check, m, &check->result[who]);
    if (*m->work)
        file_remove_tree(m->work);
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
    struct doctor_machine root = {.root = "", .user = "root"}, user = {.root = ""};
    enum doctor_who caller = geteuid() == 0 ? DOCTOR_ROOT : DOCTOR_USER;
    void (*print)(FILE *, const struct doctor_check *, const char *) = doctor_print_text;
    int option;

    report_program("doctor");
    if (privilege_check() < 0)
        return 1;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) == 'j')
        print = doctor_print_json;
    if (option != -1 || optind < argc)
        return print_usage(option == 'h' ? 0 : EXIT_USAGE);

    if (process_prepare() < 0)
        return 1;
    /* Root comes first, since there is no way back from an ordinary user. */
    if (caller == DOCTOR_ROOT) {
        examine(&root, DOCTOR_ROOT);
        doctor_person_ordinary(&user);
    } else {
        doctor_person_by_uid(&user, geteuid(), getegid());
    }
    if (caller == DOCTOR_USER || doctor_person_become(&user) == 0)
        examine(&user, DOCTOR_USER);
    print(stdout, doctor_checks, user.user);
    if (fflush(stdout) != 0) {
        report_errno("write the report");
        return 1;
    }
    return strcmp(doctor_steps_that_run(doctor_checks, caller), DOCTOR_STEPS) == 0 ? 0 : 1;
}
