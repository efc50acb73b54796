#include "doctor.h"

#include "idrange.h"
#include "namespaces.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

void doctor_check_userns_sysctl(struct doctor_machine *m, struct doctor_result *r)
{
    const struct namespaces_setting *setting = NULL;

    if (m->uid != 0)
        setting = namespaces_find_setting(NAMESPACES_NOT_FOR_USERS, m->root);
    if (!setting)
        setting = namespaces_find_setting(NAMESPACES_NOT_FOR_ANYBODY, m->root);
    if (!setting) {
        doctor_conclude(r, DOCTOR_OK, "no setting forbids namespaces");
        return;
    }
    doctor_conclude(r, DOCTOR_LACK, "%s is %s", setting->name, setting->forbids);
    doctor_cure(r, "sudo sysctl -w %s=%s", setting->name, setting->allows);
}

/* Ubuntu from 23.10 on: a program that no profile names gets a user namespace without rights. */
void doctor_check_apparmor_userns(struct doctor_machine *m, struct doctor_result *r)
{
    const struct namespaces_setting *setting =
        namespaces_find_setting(NAMESPACES_WITHOUT_RIGHTS, m->root);

    if (!setting) {
        doctor_conclude(r, DOCTOR_OK, "AppArmor does not restrict user namespaces");
    } else if (m->userns) {
        doctor_conclude(r, DOCTOR_OK, "AppArmor restricts user namespaces, but not this program's");
    } else {
        doctor_conclude(r, DOCTOR_LACK, "AppArmor restricts user namespaces: %s is %s",
                        setting->name, setting->forbids);
        doctor_cure(r, "make apparmor, or for all programs: sudo sysctl -w %s=%s", setting->name,
                    setting->allows);
    }
}

void doctor_check_subuid(struct doctor_machine *m, struct doctor_result *r)
{
    static const char *const paths[] = {"/etc/subuid", "/etc/subgid"};
    struct idmap_range range = {0};
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        snprintf(path, sizeof(path), "%s%s", m->root, paths[i]);
        if (idrange_find_granted(path, m->user, m->uid, &range))
            continue;
        doctor_conclude(r, DOCTOR_NOTE, "no range of ids for %s in %s: step05 has one id inside",
                        m->user, paths[i]);
        doctor_cure(r, "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s",
                    m->user);
        return;
    }
    doctor_conclude(r, DOCTOR_OK, "%s may use %u ids from %u on", m->user, range.count,
                    range.outside);
}

/* It writes an id map that the caller may not, by its setuid bit or by a capability of the file. */
void doctor_check_newuidmap(struct doctor_machine *m, struct doctor_result *r)
{
    static const char *const names[] = {"newuidmap", "newgidmap"};
    char path[PATH_MAX];
    struct stat status;

    (void)m;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!idrange_find_helper(names[i], path, sizeof(path))) {
            doctor_conclude(r, DOCTOR_NOTE, "%s is not installed: step05 has one id inside",
                            names[i]);
            doctor_cure(r, "sudo apt-get install uidmap");
            return;
        }
        if (stat(path, &status) == 0 && !(status.st_mode & S_ISUID) &&
            getxattr(path, "security.capability", NULL, 0) < 0) {
            doctor_conclude(r, DOCTOR_NOTE, "%s has no rights: no setuid bit, no capability", path);
            doctor_cure(r, "sudo chmod u+s %s", path);
            return;
        }
    }
    doctor_conclude(r, DOCTOR_OK, "newuidmap and newgidmap are installed");
}
