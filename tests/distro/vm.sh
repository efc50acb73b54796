#!/bin/sh
# Boot the system that run.sh tried, with the distribution's own kernel and its AppArmor: vm.sh
# ROOT. There the user of run.sh logs in on the serial line, and types the commands of rows(),
# below.
set -eu
umask 022
PATH=$PATH:/usr/sbin:/sbin
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
lab=$project/common/lab
# shellcheck source=../../common/lab/vm-errors.sh
. "$lab/vm-errors.sh"
# shellcheck source=../../common/lab/vm-qemu.sh
. "$lab/vm-qemu.sh"
work=$project/build/distro/vm
packages='linux-image-virtual apparmor systemd-sysv udev dbus dbus-user-session libpam-systemd'
# shellcheck disable=SC2034 # vm-qemu.sh reads them
CGROUP=v2 VMUSER=newcomer SHARE='' CMD='' TIMEOUT=0 TERM=xterm MEMORY=2G CPUS=2

# The commands before and after `make apparmor`.
rows() {
    echo "30|0|test \$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns) = 1"
    echo '30|0|cd containers'
    steps_and_tests
    echo '60|125|build/step03 build/rootfs true'
    echo '60|125|build/step05 build/rootfs true'
    echo '60|0|make apparmor'
    echo '60|0|build/step03 build/rootfs true'
    echo '60|0|build/step05 build/rootfs true'
    steps_and_tests
    echo '1800|0|sudo PROGRAM_TIMEOUT=300 TEST_TIMEOUT=1200 make test' # apt-get takes a minute here
    echo '60|0|make apparmor REMOVE=1'
    echo '60|125|build/step03 build/rootfs true'
}

steps_and_tests() {
    for step in 1 2 3 4 5; do
        echo "120|0|make run STEP=$step"
    done
    echo '900|0|make test'
}

install_kernel() { # ROOT
    # shellcheck disable=SC2086 # a list of words
    sh "$here/enter.sh" "$1" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $packages >"$work/apt.log" 2>&1 ||
        fail "cannot install the kernel, see $work/apt.log"
    cp "$1"/boot/vmlinuz-* "$work/vmlinuz"
}

# Set up a login without a password on the serial line. Only what is typed is to appear there.
write_settings_of() { # ROOT
    echo new >"$1/etc/hostname"
    echo '127.0.0.1 localhost new' >"$1/etc/hosts"
    echo 'kernel.printk = 1' >"$1/etc/sysctl.d/quiet.conf"
    mkdir -p "$1/etc/systemd/system/serial-getty@.service.d" "$1/etc/systemd/system.conf.d"
    printf '[Manager]\nShowStatus=no\n' >"$1/etc/systemd/system.conf.d/quiet.conf"
    printf '[Service]\nExecStart=\nExecStart=-/sbin/agetty %s\n' \
        '--autologin newcomer --noclear --keep-baud 115200 %I xterm' \
        >"$1/etc/systemd/system/serial-getty@.service.d/login.conf"
    rm -rf "$1/etc/resolv.conf" "$1"/var/cache/apt/archives/*.deb
}

# Collect the drivers that this kernel does not have built in. A driver may need those before it.
collect_drivers() { # ROOT
    mkdir "$work/modules"
    number=10
    for driver in virtio_ring virtio virtio_pci virtio_blk virtio_console; do
        find "$1/usr/lib/modules" -name "$driver.ko*" | while read -r file; do
            case $file in
            *.zst) zstd -q -d "$file" -o "$work/modules/$number-$driver.ko" ;;
            *.ko) cp "$file" "$work/modules/$number-$driver.ko" ;;
            *) fail "this script cannot unpack $file" ;;
            esac
        done
        number=$((number + 1))
    done
}

make_image() { # ROOT
    rm -rf "$work"
    mkdir -p "$work"
    install_kernel "$1"
    write_settings_of "$1"
    collect_drivers "$1"
    cp "$project/build/downloads/busybox" "$work/busybox"
    mke2fs -q -F -t ext4 -J size=8 -E lazy_itable_init=0 -d "$1" "$work/root.img" 6G >/dev/null
}

boot() {
    kernel=$work/vmlinuz image=$work/root.img runnable=$work/busybox
    choose_machine amd64
    enter_run_folder
    make_initramfs
    cat output >/dev/null &
    cat report >/dev/null &
    start_qemu tcg &
    vm=$!
    wait "$vm" || { cat qemu.log >&2 && exit 1; }
}

if [ "$1" = boot ]; then
    boot
    exit
fi
make_image "$1"
rows | sed 's/^/newcomer|/' >"$work/list"
status=0
LOG=$project/build/distro/vm.log expect "$here/type.exp" "$work/list" sh "$0" boot || status=$?
rm -rf "$work"
exit $status
