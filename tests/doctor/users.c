#include "doctor.h"

#include "file.h"
#include "idhelper.h"
#include "namespaces.h"
#include "overlay.h"
#include "subids.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum doctor_state doctor_check_userns_sysctl(struct doctor_machine *m, struct doctor_result *r)
{
    const struct namespaces_setting *setting =
        m->uid != 0 ? namespaces_find_setting(NAMESPACES_NOT_FOR_USERS, m->root) : NULL;

    if (!setting)
        setting = namespaces_find_setting(NAMESPACES_NOT_FOR_ANYBODY, m->root);
    if (!setting)
        return doctor_ok(r, "no setting forbids namespaces");
    doctor_lack(r, "%s is %s", setting->name, setting->forbids);
    return doctor_cure(r, "sudo sysctl -w %s=%s", setting->name, setting->allows);
}

/* Ubuntu from 23.10 on: a program that no profile names gets a user namespace without rights. */
enum doctor_state doctor_check_apparmor_userns(struct doctor_machine *m, struct doctor_result *r)
{
    const struct namespaces_setting *setting =
        namespaces_find_setting(NAMESPACES_WITHOUT_RIGHTS, m->root);

    if (!setting)
        return doctor_ok(r, "AppArmor does not restrict user namespaces");
    if (m->userns)
        return doctor_ok(r, "AppArmor restricts user namespaces, but not this program's");
    doctor_lack(r, "AppArmor restricts user namespaces: %s is %s", setting->name, setting->forbids);
    return doctor_cure(r, "make apparmor, or for all programs: sudo sysctl -w %s=%s", setting->name,
                       setting->allows);
}

enum doctor_state doctor_check_subuid(struct doctor_machine *m, struct doctor_result *r)
{
    static const char *const paths[] = {"/etc/subuid", "/etc/subgid"};
    struct subids_range range = {0};

    for (int i = 0; i < 2; i++) {
        if (subids_find_granted(doctor_path(m, paths[i]), m->user, m->uid, &range))
            continue;
        doctor_note(r, "no range of ids for %s in %s: step05 has one id inside", m->user, paths[i]);
        return doctor_cure(
            r, "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s", m->user);
    }
    return doctor_ok(r, "%s may use %u ids from %u on", m->user, range.count, range.outside);
}

/* By their setuid bit, or a capability of the file, they write maps that the caller may not. */
enum doctor_state doctor_check_newuidmap(struct doctor_machine *m, struct doctor_result *r)
{
    static const char *const helpers[] = {"newuidmap", "newgidmap"};
    char path[PATH_MAX];
    struct stat status;

    for (int i = 0; i < 2; i++) {
        cleanup_fd int fd = idhelper_open(m->root, helpers[i], path, sizeof(path));

        if (fd < 0) {
            doctor_note(r, "%s is not installed: step05 has one id inside", helpers[i]);
            return doctor_cure(r, "sudo apt-get install uidmap");
        }
        if (stat(path, &status) == 0 && !(status.st_mode & S_ISUID) &&
            getxattr(path, "security.capability", NULL, 0) < 0) {
            doctor_note(r, "%s has no rights: no setuid bit, no capability", path);
            return doctor_cure(r, "sudo chmod u+s %s", path);
        }
    }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return doctor_note(r, "newuidmap has no rights here, since no_new_privs is set: step05 has "
                              "one id inside");
    return doctor_ok(r, "newuidmap and newgidmap are installed");
}

enum doctor_state doctor_cure_scratch(struct doctor_result *r)
{
    static const char *const places[] = {"/tmp", "/var/tmp", "/dev/shm"};

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        if (access(places[i], W_OK | X_OK) == 0 && !overlay_is_at(places[i]))
            return doctor_cure(r, "export TMPDIR=%s", places[i]);
    return doctor_cure(r, "sudo mount -t tmpfs tmpfs /mnt && export TMPDIR=/mnt");
}

/* Makes the folder in which the checks after this one try things, and an empty image in it. */
enum doctor_state doctor_check_scratch(struct doctor_machine *m, struct doctor_result *r)
{
    const char *scratch = file_scratch(NULL);

    if (file_join(m->work, sizeof(m->work), scratch, "doctor.XXXXXX") < 0 || !mkdtemp(m->work) ||
        file_join(m->image, sizeof(m->image), m->work, "image") < 0) {
        *m->work = '\0';
        doctor_lack(r, "no folder can be made in %s: %s", scratch, strerror(errno));
        return doctor_cure_scratch(r);
    }
    mkdir(m->image, 0755);
    m->on_overlay = overlay_is_at(m->work);
    if (setxattr(m->work, "user.doctor", "", 0, 0) == 0) {
        removexattr(m->work, "user.doctor"); /* it takes room, which may be scarce */
        return doctor_ok(r, "%s takes a container's files", scratch);
    }
    doctor_note(r,
                "%s keeps no user.* attributes (%s), so that steps 3 and 4 cannot remove "
                "a folder of the image",
                scratch, strerrorname_np(errno));
    return doctor_cure(r, "export TMPDIR=/var/tmp");
}

/* step05 has its layers on a tmpfs of its own. */
enum doctor_state doctor_check_scratch_overlay(struct doctor_machine *m, struct doctor_result *r)
{
    const char *scratch = file_scratch(NULL);

    if (!m->on_overlay)
        return doctor_ok(r, "%s can hold layers%s", scratch,
                         overlay_is_at(".") ? "; the current folder is on an overlay, and cannot"
                                            : "");
    doctor_lack(r, "%s is on an overlay, and no other overlay's upper layer can be", scratch);
    return doctor_cure_scratch(r);
}
