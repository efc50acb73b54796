#!/bin/sh
# Print a configuration for runc and crun that asks for step05's guards:
#   spec.sh IMAGE FILTERS COMMAND...     FILTERS: the program that knows the list of system calls
# They have no overlay: in practice containerd or podman makes it before, and that time is not here.
set -eu
image=$1 filters=$2
shift 2
words=
for word; do
    words="$words${words:+, }\"$word\""
done

kept='"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
      "CAP_SETUID", "CAP_SETFCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT"'

limit() { # NAME SOFT HARD
    printf '{"type": "RLIMIT_%s", "soft": %s, "hard": %s}' "$@"
}

mounts() {
    quiet='"nosuid", "noexec"'
    cat <<END
    {"destination": "/proc", "type": "proc", "source": "proc", "options": [$quiet, "nodev"]},
    {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": [$quiet, "nodev", "ro"]},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
     "options": [$quiet, "mode=755", "size=64k", "nr_inodes=256"]},
    {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
     "options": [$quiet, "newinstance", "ptmxmode=0666", "mode=0620", "max=256"]},
    {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
     "options": [$quiet, "nodev", "mode=1777", "size=268435456"]}
END
}

# Where a user has no cgroup, these fail with limits, and step05 goes on without them.
resources='{"memory": {"limit": 536870912, "swap": 536870912},
   "cpu": {"quota": 100000, "period": 100000, "shares": 1024}, "pids": {"limit": 256}}'
[ "$(id -u)" -eq 0 ] || resources='{}'
ids='[{"containerID": 0, "hostID": 1879048192, "size": 65536}]'
[ "$(id -u)" -eq 0 ] || ids='[{"containerID": 0, "hostID": '$(id -u)', "size": 1}]'

cat <<END
{"ociVersion": "1.0.0", "hostname": "bench",
 "root": {"path": "$image", "readonly": false},
 "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "args": [$words], "cwd": "/",
  "env": ["PATH=/bin", "HOME=/root", "TERM=dumb"], "noNewPrivileges": true,
  "capabilities": {"bounding": [$kept], "effective": [$kept], "permitted": [$kept]},
  "rlimits": [$(limit CORE 1 1), $(limit NOFILE 1024 4096), $(limit MEMLOCK 65536 65536),
   $(limit SIGPENDING 4096 4096), $(limit MSGQUEUE 409600 409600), $(limit RTPRIO 0 0),
   $(limit NICE 0 0)]},
 "mounts": [
$(mounts)],
 "linux": {"uidMappings": $ids, "gidMappings": $ids,
  "namespaces": [{"type": "user"}, {"type": "mount"}, {"type": "uts"}, {"type": "ipc"},
   {"type": "network"}, {"type": "pid"}, {"type": "cgroup"}],
  "resources": $resources,
  "maskedPaths": ["/proc/interrupts", "/proc/kallsyms", "/proc/kcore", "/proc/keys", "/proc/kmsg",
   "/proc/latency_stats", "/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats",
   "/proc/acpi", "/proc/asound", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"],
  "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
  "seccomp": {$("$filters")}}}
END
