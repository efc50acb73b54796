#!/bin/sh
# Make the state of the lab's machine: machine.sh FOLDER-OF-V86 FOLDER. It boots Debian's kernel once in the
# emulator, with the programs for i386 on its disk, and keeps it when the prompt has come. FOLDER gets
# state.zst. When nothing has changed since the last time, this takes no time.
# shellcheck disable=SC2034 # vm-qemu.sh uses kernel, image and CMD
set -eu
umask 022
here=$(realpath "$(dirname "$0")")
lab=$here/../../lab
export ARCH=i386
# shellcheck source=../../lab/vm-errors.sh
. "$lab/vm-errors.sh"
# shellcheck source=../../lab/arch.sh
. "$lab/arch.sh"
# shellcheck source=../../lab/date.sh
. "$lab/date.sh"
# shellcheck source=../../lab/vm-qemu.sh
. "$lab/vm-qemu.sh"

write_settings() {
    echo 'CGROUP=v2 VMUSER=student SHARE='
    echo 'ROWS=24 COLUMNS=80 TERM=xterm'
}

v86=$1
bios=/usr/share/seabios
mkdir -p "$2"
cd "$2"
folder=$PWD CMD=''
kernel=$(sh "$lab/kernel.sh" 6.1) # the last one that Debian has for this CPU: since Debian 13 there is none
image=$(sh "$lab/vm-image.sh" lab)
runnable=$(runnable "$(dirname "$image")/busybox")
rm -rf initramfs
make_initramfs
rm -r initramfs
cp "$kernel" kernel
cp "$image" root.img
truncate -s +8M root.img # room behind the file system, for attacks.sh
# The initramfs has the time of its making in it, so what it is made of counts.
sum=$(cat kernel root.img "$lab/vm-init" "$lab/vm-qemu.sh" "$here/boot.js" "$here/options.js" "$v86/v86.wasm" \
    "$v86/libv86.mjs" "$bios/bios.bin" "$bios/vgabios-stdvga.bin" | sha256sum)
if [ ! -f state.zst ] || [ "$sum" != "$(cat sum 2>/dev/null)" ]; then
    say 'booting the machine in the emulator, about two minutes'
    node "$here/boot.js" "$v86" "$bios" "$folder"
    zstd --quiet --force -T0 -19 --long=27 --rm state
    echo "$sum" >sum
fi
strings kernel | sed -n 's/^\([0-9][0-9.]*-[^ ]*\) .*Debian \([^ ]*\) .*/\1 \2/p' | head -n 1 >kernel.version
"$runnable" | sed -n '1s/ multi-call.*//p' >busybox.version
rm -f kernel root.img initramfs.cpio
