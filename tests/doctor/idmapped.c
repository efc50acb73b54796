#include "doctor.h"

#include "file.h"
#include "idmap.h"
#include "lower.h"
#include "namespaces.h"

#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

static int open_lower(void *arg, pid_t child)
{
    const struct doctor_inside *i = arg;
    bool mapped = false;

    if (idmap_write(child) < 0)
        return -1;
    int mount = lower_open(i->m->work, child, &mapped);
    if (mount >= 0)
        close(mount);
    return mapped ? 0 : -1;
}

static int do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

static int try_idmapped_mount(void *arg)
{
    return namespaces_run(do_nothing, open_lower, arg);
}

void doctor_check_idmapped_mounts(struct doctor_machine *m, struct doctor_result *r)
{
    struct doctor_inside i = {m, NULL};

    if (!m->userns || !*m->work)
        doctor_conclude(r, DOCTOR_NOTE, "not tried: it needs %s", m->userns ? "scratch" : "userns");
    else if (doctor_try_apart(try_idmapped_mount, &i, r))
        doctor_conclude(r, DOCTOR_OK, "the ids of a mount can be mapped, in %s",
                        file_scratch(NULL));
    else
        r->state = DOCTOR_NOTE;
}
