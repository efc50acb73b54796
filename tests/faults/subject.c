#include "subject.h"

#include <stddef.h>
#include <unistd.h>

/* Limits are asked for: then it is an error if there is no cgroup. */
const struct subject subjects[] = {
    {.label = "step01 root", .program = "step01", .words = {"image", "/bin/probe"}},
    {.label = "step02 root",
     .program = "step02",
     .words = {"--name", "NAME", "image", "/bin/probe"}},
    {.label = "step03 root",
     .program = "step03",
     .words = {"--name", "NAME", "--hostname", "box", "image", "/bin/probe"}},
    {.label = "step04 root",
     .program = "step04",
     .words = {"--name", "NAME", "--memory", "64M", "image", "/bin/probe"}},
    {.label = "step05 root",
     .program = "step05",
     .words = {"--name", "NAME", "--memory", "64M", "--volume", "volume:/srv/volume:ro", "--tmpfs",
               "/srv/tmp", "--env", "WORD=value", "--user", "1000:1000", "--workdir", "/srv",
               "--cap-drop", "CHOWN", "image", "/bin/probe"}},
    {.label = "step05 root on a terminal",
     .program = "step05",
     .on_terminal = true,
     .words = {"--name", "NAME", "--memory", "64M", "--read-only", "image", "/bin/probe"}},
    {.label = "step03 user",
     .program = "step03",
     .as_user = true,
     .words = {"--name", "NAME", "image", "/bin/probe"}},
    {.label = "step05 user",
     .program = "step05",
     .as_user = true,
     .words = {"--name", "NAME", "image", "/bin/probe"}},
    {.label = "step05 user with a range of ids",
     .program = "step05",
     .as_user = true,
     .with_range = true,
     .on_terminal = true,
     .words = {"--name", "NAME", "image", "/bin/probe"}},
    {.label = "bwrap",
     .program = "/usr/bin/bwrap",
     .is_peer = true,
     .words = {"--unshare-all", "--die-with-parent", "--bind", "image", "/", "--proc", "/proc",
               "/bin/probe"}},
    {.label = "runc",
     .program = "/usr/sbin/runc",
     .is_peer = true,
     .prepare = "mkdir image/dev image/sys && runc spec && sed -i 's/\"rootfs\"/\"image\"/; "
                "s,\"sh\",\"/bin/probe\",; s/\"terminal\": true/\"terminal\": false/' config.json",
     .words = {"--root", "scratch", "run", "NAME"}},
    {0},
};

/* Without root's rights, the kernel ignores the setuid bit of a program that we trace. */
const char *subject_lacks(const struct subject *s)
{
    if (s->is_peer && access(s->program, X_OK) < 0)
        return "is not installed";
    if (geteuid() != 0 && (!s->as_user || s->with_range))
        return "needs root";
    if (s->with_range && access("/usr/bin/newuidmap", X_OK) < 0)
        return "needs newuidmap: make deps DEPS=vm";
    if (s->with_range && (access("/etc/subuid", F_OK) < 0 || access("/etc/subgid", F_OK) < 0))
        return "needs the files /etc/subuid and /etc/subgid, to mount others on them";
    return NULL;
}
