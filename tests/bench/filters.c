/* filters: print step05's list of system calls as JSON, for the specification of runc and crun. */
#include "syscalls_allowed.h"

#include <stddef.h>
#include <stdio.h>

/* What has a rule of its own in step05 is open here without one, but for clone's namespaces. */
int main(void)
{
    puts("\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [\n"
         "{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0,\n"
         " \"value\": 2114060288, \"valueTwo\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}]},\n"
         "{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38},\n"
         "{\"names\": [\"ioctl\", \"personality\", \"socket\", \"socketpair\",");
    for (size_t i = 0; i < sizeof(syscalls_allowed) / sizeof(*syscalls_allowed); i++)
        printf("%s\"%s\"", i ? ", " : "", syscalls_allowed[i]);
    puts("], \"action\": \"SCMP_ACT_ALLOW\"}]");
    return 0;
}
