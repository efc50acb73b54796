#!/bin/sh
# Boot a throwaway virtual machine with the project in it: `make vm`, or CMD='...' make vm.
#
# The machine is QEMU's. Its kernel comes from a package (kernel.sh). Its disk is an image that it
# reads and cannot change (vm-image.sh). The wishes of this run are in its initramfs (vm-qemu.sh).
# It has no network, and no way to the host's files. Set in the environment:
#
#   ARCH=arm64         another kind of machine, by emulation; otherwise it is of this one's kind
#   KERNEL=6.1         a version that apt knows, or a file; else the distribution's own, see kernel.sh
#   CGROUP=v2          v1, v2 or hybrid: which cgroup hierarchies are mounted, see vm-cgroups
#   MEMORY=512M        the size of its memory
#   CPUS=2             how many CPUs it has
#   ACCEL=auto         kvm, tcg (emulation in software), or auto: kvm where it works
#   DISK=lesson        lesson: the machine of the tutorial, a small Debian with a compiler
#                      test: busybox, and what the tests need
#   VMUSER=student     student or root; in DISK=test it is root where nothing is said
#   SHARE=DIR          a copy of this folder is at /share, read-only
#   CMD='...'          run this instead of a shell, print its output, exit with its status
#   TIMEOUT=600        seconds for the run of CMD: after that, the machine is ended, with status 124
#
# Without CMD it is a shell on this terminal, and vm-console.sh connects a second one. Ctrl-D powers
# off, Ctrl-A X stops it at once. The exit status is that of CMD; 1 when the machine fails, 2 for a
# bad setting.
set -eu
umask 022
PATH=$PATH:/usr/sbin:/sbin # mke2fs is there, and an ordinary user's PATH lacks it
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"
. "$lab/vm-qemu.sh"
boot_seconds=60
kvm_seconds=5 # if kvm works, a boot takes one second

: "${KERNEL:=}" "${CGROUP:=v2}" "${MEMORY:=512M}" "${ACCEL:=auto}" "${DISK:=lesson}"
: "${CPUS:=2}" "${SHARE:=}" "${CMD:=}" "${TIMEOUT:=600}" "${TERM:=dumb}"
[ "$DISK" = lesson ] || : "${VMUSER:=root}"
: "${VMUSER:=student}"

one_of() { # NAME VALUE CHOICE...
    name=$1 value=$2
    shift 2
    for choice; do
        [ "$value" != "$choice" ] || return 0
    done
    fail "$name=$value is not one of: $*" 2
}

check_settings() {
    one_of CGROUP "$CGROUP" v1 v2 hybrid
    one_of ACCEL "$ACCEL" auto kvm tcg
    ! is_foreign || [ "$ACCEL" != kvm ] || fail "KVM does not run ARCH=$ARCH here: leave out ACCEL=kvm" 2
    ! is_foreign || ACCEL=tcg
    one_of DISK "$DISK" lesson test
    one_of VMUSER "$VMUSER" root student
    echo "$MEMORY" | grep -Eqx '[1-9][0-9]*[MG]' ||
        fail "MEMORY=$MEMORY is not a size like 512M or 2G" 2
    echo "$CPUS" | grep -Eqx '[1-9][0-9]?' || fail "CPUS=$CPUS is not a number of CPUs" 2
    echo "$TIMEOUT" | grep -Eqx '[1-9][0-9]*' ||
        fail "TIMEOUT=$TIMEOUT is not a number of seconds" 2
    [ -z "$SHARE" ] || [ -d "$SHARE" ] || fail "SHARE=$SHARE is not a folder" 2
    [ -n "$CMD" ] || [ -t 0 ] || fail 'a shell needs a terminal; without one, set CMD' 2
}

# Since 6.11 a kernel can be built without the memory controller of v1, as Debian's 6.12 is.
check_kernel() {
    [ "$CGROUP" != v1 ] || ! grep -qs '^# CONFIG_MEMCG_V1 is not set' "$(dirname "$kernel")/config" ||
        fail "CGROUP=v1 needs another KERNEL: $KERNEL is built without the memory controller of v1" 2
}

boot() {
    case $ACCEL in
    auto)
        if [ -w /dev/kvm ]; then
            ! run_qemu kvm $kvm_seconds || return 0
            say 'KVM does not run a guest here. QEMU goes on with emulation, which is slower'
        fi
        run_qemu tcg $boot_seconds
        ;;
    *) run_qemu "$ACCEL" $boot_seconds ;;
    esac
}

show_logs() {
    cat qemu.log console.log >&2
}

check_settings
choose_machine "$ARCH"
command -v mke2fs >/dev/null || fail 'mke2fs is missing: apt-get install e2fsprogs'
[ -z "$SHARE" ] || SHARE=$(realpath "$SHARE")
kernel=$(sh "$lab/kernel.sh" "$KERNEL")
: "${KERNEL:=$(basename "$(dirname "$kernel")")}"
check_kernel
image=$(sh "$lab/vm-image.sh" "$DISK")
runnable=$(runnable "$(dirname "$image")/busybox")

enter_run_folder
make_initramfs
[ -n "$CMD" ] || ln -sfn "$run" "$(dirname "$image")/running" # for vm-console.sh
[ -z "$SHARE" ] || make_share
if ! boot; then
    show_logs
    fail "Linux $KERNEL did not come up; above is what it said"
fi
[ -n "$CMD" ] || exit 0
answer=$(sed -n 's/^exit //p' said)
[ -z "$answer" ] || exit "$answer"
[ "$status" -ne 124 ] || fail "CMD took more than $TIMEOUT s" 124
show_logs
fail 'the machine stopped before the end of CMD; above is what it said'
