#!/bin/sh
# Run a command in another root file system as in the machine's own: enter.sh ROOT COMMAND...
#
# It uses pivot_root in a mount namespace of its own, since the kernel refuses user namespaces in a
# plain chroot. /dev is new, so that no test reaches the machine's. /sys with the cgroups, the
# terminals and the network are the machine's. All processes in there end with this one.
set -eu
if [ "${1-}" != inside ]; then
    exec unshare --mount --propagation private --pid --fork --kill-child sh "$0" inside "$@"
fi
root=$2
shift 2

make_devices() {
    mount -t tmpfs -o mode=755 dev dev
    mkdir dev/pts dev/shm
    mount --bind /dev/pts dev/pts # the caller's terminal is one of these
    mount -t tmpfs -o mode=1777 shm dev/shm
    for device in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "dev/${device%:*}" c 1 "${device#*:}"
    done
    mknod -m 666 dev/tty c 5 0
    mknod -m 666 dev/ptmx c 5 2
    ln -s /proc/self/fd dev/fd
    ln -s fd/0 dev/stdin
    ln -s fd/1 dev/stdout
    ln -s fd/2 dev/stderr
}

mount --rbind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --rbind /sys sys
make_devices
cp --remove-destination "$(realpath /etc/resolv.conf)" etc/resolv.conf
mkdir -p old
pivot_root . old
umount -l /old
rmdir /old
mount --make-rshared / # as systemd leaves it
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm "$@"
