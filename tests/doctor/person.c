#include "doctor.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>

/* Reads the file itself: getpwuid(3) would need shared libraries. */
static bool find_user(struct doctor_machine *m, uid_t least, uid_t most)
{
    const struct passwd *entry = NULL;
    FILE *file = fopen(doctor_path(m, "/etc/passwd"), "re");

    while (file && (entry = fgetpwent(file)) && (entry->pw_uid < least || entry->pw_uid > most))
        ;
    if (entry) {
        snprintf(m->user, sizeof(m->user), "%s", entry->pw_name);
        m->uid = entry->pw_uid;
        m->gid = entry->pw_gid;
    }
    if (file)
        fclose(file);
    return entry;
}

void doctor_person_by_uid(struct doctor_machine *m, uid_t uid, gid_t gid)
{
    snprintf(m->user, sizeof(m->user), "%u", uid);
    m->uid = uid;
    m->gid = gid;
    find_user(m, uid, uid);
}

void doctor_person_ordinary(struct doctor_machine *m)
{
    enum { FIRST = 1000, LAST = 59999, NOBODY = 65534 }; /* as login.defs(5) has them */
    const char *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID");

    if (uid && atoi(uid) != 0)
        doctor_person_by_uid(m, atoi(uid), atoi(gid ? gid : uid));
    else if (!find_user(m, FIRST, LAST))
        doctor_person_by_uid(m, NOBODY, NOBODY);
}

static int take_groups(const struct doctor_machine *m)
{
    enum { MOST = 64 };
    gid_t groups[MOST] = {m->gid};
    size_t count = 1;
    FILE *file = fopen("/etc/group", "re");
    struct group *group;

    while (file && count < MOST && (group = fgetgrent(file)))
        for (char **member = group->gr_mem; *member && count < MOST; member++)
            if (strcmp(*member, m->user) == 0)
                groups[count++] = group->gr_gid;
    if (file)
        fclose(file);
    return setgroups(count, groups);
}

int doctor_person_become(const struct doctor_machine *m)
{
    if (take_groups(m) < 0 || setresgid(m->gid, m->gid, m->gid) < 0 ||
        setresuid(m->uid, m->uid, m->uid) < 0)
        return report_errno("become %s", m->user);
    /* Without it, /proc/self with its id maps stays root's: PR_SET_DUMPABLE, prctl(2). */
    prctl(PR_SET_DUMPABLE, 1);
    /* This one is root's. In a session of their own the user has another one. */
    const char *scratch = getenv("TMPDIR");
    if (scratch && access(scratch, W_OK | X_OK) < 0)
        unsetenv("TMPDIR");
    return 0;
}
