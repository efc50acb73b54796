#!/bin/sh
# Make the part of the kit for one kind of machine, ARCH (see arch.sh): kit-machine.sh FOLDER. It has the
# programs, an image for them, and the kernel, initramfs and disk of the virtual machine.
# shellcheck disable=SC2034 # vm-qemu.sh uses kernel, image and CMD
set -eu
umask 022
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"
. "$lab/date.sh"
. "$lab/vm-qemu.sh"

# Rows, columns and the kind of terminal come from ./vm, as words for the kernel.
write_settings() {
    echo 'CGROUP=v2 VMUSER=student SHARE='
}

# busybox's cpio numbers the files anew only since version 1.34.
pack_initramfs() {
    find initramfs -exec touch -h -d "@$date" {} +
    (cd initramfs && find . | LC_ALL=C sort | cpio --quiet --reproducible -R 0:0 -o -H newc) >initramfs.cpio
    rm -rf initramfs
}

cd "$lab/../.."
mkdir -p "$1"
folder=$(realpath "$1") CMD=''
kernel=$(sh "$lab/kernel.sh" 6.1)
image=$(sh "$lab/vm-image.sh" kit)
busybox=$(dirname "$image")/busybox
install -m 755 "$build"/step0? "$build/join" "$build/exec" "$build/doctor" "$folder"
BUSYBOX=$busybox BUSYBOX_URL='' sh "$lab/rootfs.sh" "$folder/rootfs" 2>/dev/null
install -m 644 "$kernel" "$folder/kernel"
# With more than one worker at a time, qemu-img might write in another order.
qemu-img convert -c -m 1 -f raw -O qcow2 "$image" "$folder/disk.qcow2"
cd "$folder"
fill_initramfs
pack_initramfs
