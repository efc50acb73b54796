#!/bin/sh
# Boot the machine in which the tutorial is typed. Its serial line is this terminal. It reads the
# image and cannot change it, has no network, and ends when this terminal closes.
#
#   KERNEL=6.1 MEMORY=1G CPUS=2 ACCEL=auto    as for `make vm`, see vm.sh
set -eu
umask 022
PATH=$PATH:/usr/sbin:/sbin
here=$(realpath "$(dirname "$0")")
lab=$here/../../common/lab
# shellcheck source=../../common/lab/vm-errors.sh
. "$lab/vm-errors.sh"
# shellcheck source=../../common/lab/vm-qemu.sh
. "$lab/vm-qemu.sh"
: "${KERNEL:=6.1}" "${MEMORY:=1G}" "${CPUS:=2}" "${ACCEL:=auto}"
# These are the other settings of vm.sh. shellcheck does not see that vm-qemu.sh reads them.
# shellcheck disable=SC2034
CGROUP=v2 VMUSER=student SHARE='' CMD='' TIMEOUT=0 TERM=xterm

# This machine speaks only on its terminal, so nobody reads the two pipes.
run() { # kvm|tcg
    cat output >/dev/null &
    cat report >/dev/null &
    start_qemu "$1" &
    vm=$!
    wait "$vm"
}

choose_machine
kernel=$(sh "$lab/kernel.sh" "$KERNEL")
image=$(sh "$here/image.sh")
enter_run_folder
make_initramfs
case $ACCEL in
auto)
    [ ! -w /dev/kvm ] || ! run kvm || exit 0
    run tcg
    ;;
*) run "$ACCEL" ;;
esac || { cat qemu.log >&2 && exit 1; }
