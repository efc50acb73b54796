#include "doctor.h"

#include "namespaces.h"
#include "subids.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

void doctor_check_userns_sysctl(struct doctor_machine *m, struct doctor_result *r)
{
    const struct namespaces_setting *setting = NULL;

    if (m->uid != 0)
        setting = namespaces_find_setting(NAMESPACES_NOT_FOR_USERS, m->root);
    if (!setting)
        setting = namespaces_find_setting(NAMESPACES_NOT_FOR_ANYBODY, m->root);
    if (!setting) {
        doctor_ok(r, "no setting forbids namespaces");
        return;
    }
    doctor_lack(r, "%s is %s", setting->name, setting->forbids);
    doctor_cure(r, "sudo sysctl -w %s=%s", setting->name, setting->allows);
}

/* Ubuntu from 23.10 on: a program that no profile names gets a user namespace without rights. */
void doctor_check_apparmor_userns(struct doctor_machine *m, struct doctor_result *r)
{
    const struct namespaces_setting *setting =
        namespaces_find_setting(NAMESPACES_WITHOUT_RIGHTS, m->root);

    if (!setting) {
        doctor_ok(r, "AppArmor does not restrict user namespaces");
    } else if (m->userns) {
        doctor_ok(r, "AppArmor restricts user namespaces, but not this program's");
    } else {
        doctor_lack(r, "AppArmor restricts user namespaces: %s is %s", setting->name,
                    setting->forbids);
        doctor_cure(r, "make apparmor, or for all programs: sudo sysctl -w %s=%s", setting->name,
                    setting->allows);
    }
}

void doctor_check_subuid(struct doctor_machine *m, struct doctor_result *r)
{
    static const char *const paths[] = {"/etc/subuid", "/etc/subgid"};
    struct subids_range range = {0};
    char path[PATH_MAX];

    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s%s", m->root, paths[i]);
        if (subids_find_granted(path, m->user, m->uid, &range))
            continue;
        doctor_note(r, "no range of ids for %s in %s: step05 has one id inside", m->user, paths[i]);
        doctor_cure(r, "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s",
                    m->user);
        return;
    }
    doctor_ok(r, "%s may use %u ids from %u on", m->user, range.count, range.outside);
}

/* It writes an id map that the caller may not, by its setuid bit or by a capability of the file. */
static bool has_helper(const char *name, struct doctor_result *r)
{
    char path[PATH_MAX];
    struct stat status;

    if (!subids_find_helper(name, path, sizeof(path))) {
        doctor_note(r, "%s is not installed: step05 has one id inside", name);
        doctor_cure(r, "sudo apt-get install uidmap");
        return false;
    }
    if (stat(path, &status) == 0 && !(status.st_mode & S_ISUID) &&
        getxattr(path, "security.capability", NULL, 0) < 0) {
        doctor_note(r, "%s has no rights: no setuid bit, no capability", path);
        doctor_cure(r, "sudo chmod u+s %s", path);
        return false;
    }
    return true;
}

void doctor_check_newuidmap(struct doctor_machine *m, struct doctor_result *r)
{
    if (has_helper("newuidmap", r) && has_helper("newgidmap", r))
        doctor_ok(r, "newuidmap and newgidmap are installed");
}
