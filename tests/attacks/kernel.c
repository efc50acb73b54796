/* Files by which the kernel tells something, or takes settings. No container should have them. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * 17: a core_pattern that begins with | is a program that the kernel starts as root, on the host,
 * when a process anywhere dumps core. The file asks for root's uid, and for no capability.
 */
static int core_pattern(void)
{
    return need_proc() < 0 ? -1 : overwrite("/proc/sys/kernel/core_pattern", "attacked");
}

/* 41: the host's core dump handler is root's, and reads what the attacker wrote (CVE-2025-5054). */
static int core_dump(void)
{
    struct rlimit most;
    int status;
    pid_t child = fork();

    if (child == 0) {
        getrlimit(RLIMIT_CORE, &most);
        setrlimit(RLIMIT_CORE, &(struct rlimit){most.rlim_max, most.rlim_max});
        abort();
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return -1;
    return WCOREDUMP(status) ? 0 : stopped("no dump");
}

/* 17: the settings of the memory need only root's uid, too. */
static int vm_setting(void)
{
    return need_proc() < 0 ? -1 : overwrite("/proc/sys/vm/swappiness", "61");
}

/* 17: the letter b would reboot the host. h only prints a help to its log. */
static int sysrq(void)
{
    return need_proc() < 0 ? -1 : overwrite("/proc/sysrq-trigger", "h");
}

/* 14: a new proc has none of the masks that cover /proc. */
static int fresh_proc(void)
{
    if (mount("proc", "mnt", "proc", 0, NULL) < 0)
        return -1;
    return overwrite("mnt/sys/kernel/core_pattern", "attacked");
}

/* 15: the kernel runs the release_agent of a v1 hierarchy as root, on the host (CVE-2022-0492). */
static int release_agent(void)
{
    static const char *const hierarchies[] = {"none,name=attacks", "rdma", "pids", "memory"};

    for (size_t i = 0; i < sizeof(hierarchies) / sizeof(*hierarchies); i++)
        if (mount("cgroup", "mnt", "cgroup", 0, hierarchies[i]) == 0)
            return overwrite("mnt/release_agent", "/attacked");
    return -1;
}

/* Writes to a setting the value that it already has. */
static int rewrite(const char *path)
{
    char value[256] = "";
    int fd = open(path, O_RDONLY);

    if (fd < 0 || read(fd, value, sizeof(value) - 1) < 0)
        return -1;
    close(fd);
    return overwrite(path, value);
}

/* 18: this setting tells which processor serves which device. */
static int irq(void)
{
    return need_proc() < 0 ? -1 : rewrite("/proc/irq/default_smp_affinity");
}

/* 18: here drivers and the kernel take settings. */
static int sysfs(void)
{
    return need_sys() < 0 ? -1 : rewrite("/sys/kernel/rcu_expedited");
}

/* 19: this file has addresses in the kernel. An exploit must know where to strike. */
static int kallsyms(void)
{
    char line[256];
    FILE *symbols = need_proc() < 0 ? NULL : fopen("/proc/kallsyms", "r");

    if (!symbols)
        return -1;
    for (int i = 0; i < 1000 && fgets(line, sizeof(line), symbols); i++)
        if (strtoull(line, NULL, 16) != 0)
            return 0;
    return stopped("zeros");
}

/* 19: the kernel's log has addresses, file names and serial numbers. */
static int dmesg(void)
{
    enum { READ_ALL = 3 };
    char text[64];

    return klogctl(READ_ALL, text, sizeof(text)) < 0 ? -1 : 0;
}

/* 20: here the kernel shows its keys, timers, scheduler, memory, machine and disks. */
static int proc_keys(void)
{
    return need_proc() < 0 ? -1 : leaks("/proc/keys");
}

static int proc_timer_list(void)
{
    return need_proc() < 0 ? -1 : leaks("/proc/timer_list");
}

/* Since Linux 5.13 this is in debugfs. */
static int sched_debug(void)
{
    if (need_proc() < 0)
        return -1;
    if (leaks("/proc/sched_debug") == 0)
        return 0;
    return mount("debugfs", "mnt", "debugfs", 0, NULL) < 0 ? -1 : leaks("mnt/sched/debug");
}

static int proc_kcore(void)
{
    return need_proc() < 0 ? -1 : leaks("/proc/kcore");
}

static int proc_acpi(void)
{
    return need_proc() < 0 ? -1 : leaks("/proc/acpi");
}

static int proc_scsi(void)
{
    return need_proc() < 0 ? -1 : leaks("/proc/scsi");
}

/* 20: how often the keyboard has called for the processor. */
static int proc_interrupts(void)
{
    return need_proc() < 0 ? -1 : leaks("/proc/interrupts");
}

/* 20: what the processors use of energy tells what they compute (CVE-2020-8694). So does heat. */
static int powercap(void)
{
    return need_sys() < 0 ? -1 : leaks("/sys/devices/virtual/powercap");
}

static int thermal_throttle(void)
{
    return need_sys() < 0 ? -1 : leaks("/sys/devices/system/cpu/cpu0/thermal_throttle");
}

static int sys_firmware(void)
{
    return need_sys() < 0 ? -1 : leaks("/sys/firmware");
}

const struct attack kernel_attacks[] = {
    {"core_pattern", core_pattern},
    {"core_dump", core_dump},
    {"vm_setting", vm_setting},
    {"sysrq", sysrq},
    {"fresh_proc", fresh_proc},
    {"release_agent", release_agent},
    {"irq", irq},
    {"sysfs", sysfs},
    {"kallsyms", kallsyms},
    {"dmesg", dmesg},
    {"proc_keys", proc_keys},
    {"proc_timer_list", proc_timer_list},
    {"sched_debug", sched_debug},
    {"proc_kcore", proc_kcore},
    {"proc_acpi", proc_acpi},
    {"proc_scsi", proc_scsi},
    {"proc_interrupts", proc_interrupts},
    {"sys_firmware", sys_firmware},
    {"powercap", powercap},
    {"thermal_throttle", thermal_throttle},
    {0},
};
