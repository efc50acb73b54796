#include "tables.h"

#include "file.h"
#include "kernel_file.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <unistd.h>

int tables_limit(const char *dir)
{
    /*
     * Not those of mounts: each mount that waits for its place is in one of its own. And not those
     * of cgroups: exec makes one for its command.
     */
    static const char *const limits[][2] = {
        {"max_inotify_instances", "32"}, {"max_inotify_watches", "8192"},
        {"max_user_namespaces", "0"},    {"max_uts_namespaces", "0"},
        {"max_ipc_namespaces", "0"},     {"max_pid_namespaces", "0"},
        {"max_net_namespaces", "0"},     {"max_time_namespaces", "0"},
    };
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        if (file_join(path, sizeof(path), dir, limits[i][0]) < 0)
            return -1;
        if (access(path, F_OK) == 0) {
            if (kernel_file_write(dir, limits[i][0], limits[i][1]) < 0)
                return -1;
        } else if (errno != ENOENT) {
            return report_errno("look at %s", path);
        }
    }
    return 0;
}
